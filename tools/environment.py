"""How is .venv made on a fresh machine, by an ordinary user? Standard library only; called by tools/setup.

Debian without python3-venv has no ensurepip: then pip comes out of the package python3-pip-whl, which apt fetches into
our own folder. Addresses of package registries stay in .venv/setup.log; pip's own configuration is respected.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import tomllib
import venv
from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ENV = CHECKOUT / ".venv"
PYTHON = ENV / "bin" / "python"
LOG = ENV / "setup.log"
LOCK = CHECKOUT / "requirements.lock"
APT_TIMEOUT_S = 300.0
TELL_S = 3.0


class CannotSetUp(Exception):
    """The text says what to do."""


def main() -> int:
    """Make .venv complete; the exit code."""
    began = time.monotonic()
    try:
        pip = make_environment()
        install(pip)
        link_project()
    except CannotSetUp as problem:
        print(f"setup: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    say(f"Python environment ready in {time.monotonic() - began:.0f} s")
    return 0


def make_environment() -> list[str]:
    """Make .venv where there is none, and return the words that run pip in it."""
    if not _runs(PYTHON):
        say(f"making .venv with Python {sys.version.split()[0]}")
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(ENV)
    if _runs(PYTHON, "-m", "pip", "--version"):
        return [str(PYTHON), "-m", "pip"]
    # A wheel is a zip with the package in it: pip can be run from it, and needs no installation to install.
    if find_spec("ensurepip") is not None and _runs(PYTHON, "-m", "ensurepip", "--default-pip"):
        return [str(PYTHON), "-m", "pip"]
    return [str(PYTHON), str(_pip_from_apt() / "pip")]


def _pip_from_apt() -> Path:
    """The pip of Debian's package python3-pip-whl, without installing it."""
    say("this Python has no pip: fetching it by apt, into .venv")
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise CannotSetUp("this Python has neither pip nor ensurepip; install them (Debian: apt install python3-venv)")
    own = ENV / "apt"
    lists = own / "lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    (own / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State::Lists": lists,
        "Dir::Cache": own / "cache",
        "Debug::NoLocking": 1,
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Acquire::Retries": 2,
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    for command in (["update"], ["download", "python3-pip-whl"]):
        with LOG.open("ab") as log:
            done = subprocess.run(
                ["apt-get", *words, *command], cwd=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                timeout=APT_TIMEOUT_S, check=False,
            )  # fmt: skip
        if done.returncode:
            raise CannotSetUp(f"apt-get {command[0]} failed; see {LOG}, or as root: apt install python3-venv")
    for package in own.glob("python3-pip-whl_*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(own / "root")], check=True, timeout=60)
    wheels = sorted(own.glob("root/usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise CannotSetUp("the package python3-pip-whl holds no pip; as root: apt install python3-venv")
    return wheels[-1]


def install(pip: list[str]) -> None:
    """Install what requirements.lock names, each file checked against its hash; show how far it is."""
    total = sum(1 for line in LOCK.read_text().splitlines() if re.match(r"[A-Za-z0-9]", line))
    say(f"installing {total} packages into .venv, some 800 MB unpacked (their hashes are checked)")
    argv = [*pip, "install", "--require-hashes", "--no-input", "--no-color", "--progress-bar", "off", "-r", str(LOCK)]
    environ = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONDONTWRITEBYTECODE": ""}
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(ENV), "platbase": str(ENV)}))
    seen = 0
    megabytes = 0.0
    unpacking = False
    errors: list[str] = []
    done = threading.Event()

    def tell() -> None:
        began = time.monotonic()
        while not done.wait(TELL_S):
            unpacked = sum(1 for _ in packages.glob("*.dist-info"))  # the last that pip writes of each
            done_with, how = (unpacked, "unpacked") if unpacking else (seen, "fetched")
            what = f"{min(done_with, total)} of {total} {how}"
            what += f" ({megabytes:.0f} MB)" if megabytes >= 1 else ""
            say(f"  {what}, {time.monotonic() - began:.0f} s")

    threading.Thread(target=tell, daemon=True).start()
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            argv, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace",
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            megabytes += _megabytes(line)
            seen += line.startswith(("Collecting ", "Requirement already satisfied"))
            if line.startswith(("ERROR", "error")):
                errors.append(line)
            unpacking = unpacking or line.startswith("Installing collected")
        code = process.wait()
    done.set()
    if code:
        text = _without_addresses(" ".join(errors[:3]).strip()) or f"pip ended with exit code {code}"
        raise CannotSetUp(f"the packages could not be installed: {text}\nsetup: everything pip said is in {LOG}")


def link_project() -> None:
    """Make `import cti` and .venv/bin/cti work from this checkout.

    `pip install -e .` would need setuptools, which the lock does not have and a fresh machine cannot be asked for. An
    editable installation is three small files anyway: a path, a command, and a record that names the version.
    """
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(ENV), "platbase": str(ENV)}))
    for old in packages.glob(f"{name}-*.dist-info"):
        shutil.rmtree(old)
    (packages / f"__checkout_{name}.pth").write_text(f"{CHECKOUT}\n", encoding="utf-8")
    record = packages / f"{name}-{version}.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (record / "INSTALLER").write_text("tools/setup\n", encoding="utf-8")
    (record / "RECORD").write_text("", encoding="utf-8")
    for command, target in project.get("scripts", {}).items():
        module, _, function = target.partition(":")
        script = ENV / "bin" / command
        # The shell finds the interpreter: the first line of a script has room for 127 characters only.
        script.write_text(
            f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\n"
            f"import sys\nfrom {module} import {function}\nsys.argv[0] = {command!r}\nsys.exit({function}())\n",
            encoding="utf-8",
        )
        script.chmod(0o755)


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"setup: {text}", flush=True)


def _runs(program: Path, *words: str) -> bool:
    try:
        done = subprocess.run(
            [str(program), *(words or ("-c", "import sys; sys.exit(sys.version_info < (3, 11))"))],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _megabytes(line: str) -> float:
    """What pip says of a file: "Downloading x.whl (4.9 MB)", or the same from its cache."""
    found = re.search(r"\((\d+(?:\.\d+)?) (k|M)B\)\s*$", line)
    return 0.0 if found is None else float(found[1]) / (1000 if found[2] == "k" else 1)


def _without_addresses(text: str) -> str:
    return re.sub(r"(https?|ftp|file)://\S+", "(address)", text)


if __name__ == "__main__":
    sys.exit(main())
