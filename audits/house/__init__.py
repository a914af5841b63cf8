"""House packs: rules that a brand sets itself, on top of the law. Stricter only: they add rules and take none away."""

PREFIX = "house-"
"""How the code of every house pack begins; no built-in pack's does. So a verdict tells law from house by the code."""


def law_of(rules: dict[str, str]) -> dict[str, str]:
    """Return the part of some rules' hashes that is not the brand's own."""
    return {code: sha256 for code, sha256 in rules.items() if not code.startswith(PREFIX)}
