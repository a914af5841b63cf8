"""Pages that join several rooms: homes, the officer's desk, the preference centre."""
