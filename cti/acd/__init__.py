"""The ACD: who is next, who may take it, who gets it. Pure: events and times in, outputs out.

Rooms that the full routing brain will fill: strategy.py (one function and its name per strategy), estimate.py
(expected wait), line.py (classes get rings that widen with time), offers.py (the why of each decision).
"""
