"""Measurements, one command each; the last line of stdout is one JSON object."""
