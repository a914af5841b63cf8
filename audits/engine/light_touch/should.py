"""The SHOULD side of a verdict as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audits.engine.light_touch.proposals import Proposal
from audits.engine.light_touch.scoring import Line


@dataclass(frozen=True)
class Should:
    """The SHOULD side of a verdict: band, score from 0 to 100, the lines it is made of, caps, ways to a lighter one.

    `bands` says where light and mixed begin for this brand; `mend_note` why nothing is proposed where something should.
    """

    verdict: str
    score: int
    factors: tuple[Line, ...]
    caps: tuple[tuple[int, str], ...]
    mend: tuple[Proposal, ...]
    mend_note: str
    bands: Mapping[str, int]
    waterfall: tuple[Mapping[str, Any], ...]
    version: str

    def as_dict(self) -> dict[str, Any]:
        """The SHOULD side as JSON data."""
        return {
            "verdict": self.verdict,
            "score": self.score,
            "bands": dict(self.bands),
            "factors": [line.as_dict() for line in self.factors],
            "caps": [{"limit": limit, "reason": reason} for limit, reason in self.caps],
            "mend": [proposal.as_dict() for proposal in self.mend],
            "mend_note": self.mend_note,
            "waterfall": [dict(step) for step in self.waterfall],
            "version": self.version,
        }
