"""The catalogue of facts and the registration document: load, validate, JSON Schema, form. Pure: no Django."""
