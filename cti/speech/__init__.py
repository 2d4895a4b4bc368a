"""Which sound files say a number, a date, a time, digits or an amount? Pure: a value in, names of files out.

Files rather than SAY NUMBER and its kin, because only a playing file can be cut off from outside (docs/adr/0004).
"""
