"""The officer's desk: one case, its verdict with law, evidence and remedy, and the decision."""
