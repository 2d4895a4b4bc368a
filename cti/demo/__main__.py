"""`python -m cti.demo` is `cti demo`."""

import sys

from cti.demo import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
