"""Acceptance: the product's promises, on a real Asterisk with real phones."""
