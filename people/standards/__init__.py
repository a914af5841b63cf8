"""Consent signals as they travel: what their bits say, and whether one may rely on them. Pure, without Django."""
