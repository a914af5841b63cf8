"""The pages of rule packs: those of the law, and those that a brand keeps for itself."""
