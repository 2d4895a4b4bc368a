"""Lookups: what do your own systems know about this caller? Asked over HTTP, bounded in every way, never raising."""
