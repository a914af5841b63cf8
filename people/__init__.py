"""The persons: identifiers, attributes, consent ledger, privacy settings, suppression."""
