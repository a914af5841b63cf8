"""Delivery: clearance, the send gate, intents, counters, releases, integrations."""
