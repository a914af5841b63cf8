"""Identifiers as each ad platform hashes them, so that what we hand over can match. Pure, without Django."""

from delivery.matching.errors import Unmatchable
from delivery.matching.profiles import PROFILES, Hashed, hashed

__all__ = ["PROFILES", "Hashed", "Unmatchable", "hashed"]
