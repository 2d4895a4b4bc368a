"""Campaigns, callbacks, pacing, compliance. This room is still empty."""
