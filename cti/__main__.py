"""`python -m cti` is `cti`."""

from cti.cli import app

if __name__ == "__main__":
    app(prog_name="cti")
