"""Which ways can the lab fail, and with which exit code? Knows nothing else."""


class LabError(Exception):
    """Something was asked for that does not work; the message says what to do about it. Exit code 1."""

    exit_code = 1


class CannotBeHad(LabError):
    """There is no Asterisk to be had on this machine. Callers may go on without one. Exit code 3."""

    exit_code = 3
