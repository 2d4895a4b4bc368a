"""The contact-center engine that Asterisk operators install beside what they have."""

__version__ = "0.1.0"
