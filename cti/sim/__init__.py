"""A second switch and its people: the same words as Asterisk, in virtual time or over TCP. See docs of each module."""
