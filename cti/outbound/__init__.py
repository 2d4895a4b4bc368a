"""Campaigns, callbacks, pacing, compliance: which number is dialled, when, and how many at once."""
