"""The demo: two brands, real cases with their clean twins, the founding stories, and people who do not exist."""
