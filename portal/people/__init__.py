"""Pages about people: by number, never by name or address."""
