"""What the message itself shows: its links, words, fields and resources, read without fetching anything. Pure."""
