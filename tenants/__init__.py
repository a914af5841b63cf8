"""Brands, the people who work for them, partners' API clients, and the integrations that brands deliver to."""
