"""The lab's parts: fetch an Asterisk, render its configuration, start and end nodes.

Standard library only, so that `asterisk/lab` runs before any environment exists. Knows nothing of the engine's code.
"""
