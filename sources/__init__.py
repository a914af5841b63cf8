"""The data-source register: lists, tags, SDKs, models, feeds and social sources, and their imports."""
