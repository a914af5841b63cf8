"""What happened: the append-only record that every write leaves in its own transaction."""
