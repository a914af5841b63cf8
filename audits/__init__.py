"""Audits: rule packs and their engine, light touch, findings, cases, decisions."""
