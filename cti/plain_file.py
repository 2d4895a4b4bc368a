"""What is in a file, where reading must never wait for anybody? Regular files only: no pipe, no device, no folder.

(A mount that hangs still can: whoever must not wait for that reads in a thread of its own.)
"""

from __future__ import annotations

import errno
import os
import stat


def read_plain(path: str | os.PathLike[str], most_bytes: int) -> bytes:
    """Return the first `most_bytes` of the file at `path`. Raises OSError; ValueError for what is no file name."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)  # a pipe opens at once
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            code = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
            raise OSError(code, "is a directory" if stat.S_ISDIR(mode) else "is not a regular file")
        return file.read(most_bytes)
