"""Pages of a brand's own affairs: its team, its integrations, its partners' API clients."""
