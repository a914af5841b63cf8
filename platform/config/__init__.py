"""The composition root: settings, URLs, the worker, the commands. It may import everything; nothing imports it."""
