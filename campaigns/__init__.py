"""The campaign register: drafts, frozen versions, content, audience definitions."""
