"""Pages of the light touch: the plane of law and touch, the waterfall of a score, and what would make it light."""
