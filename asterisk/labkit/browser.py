"""Where is a Chromium for the tests of the web pages? $CTI_CHROMIUM, an installed one, or Debian's, fetched now.

The fetched one is run by its own loader like everything else of the lab, which takes two tricks that are measured:
Chromium looks for its data beside /proc/self/exe, which then is the loader, so the loader is copied to where the data
is; and it starts its children as /proc/self/exe too, so it is told to start them by the script.
"""

import os
import platform
import shutil
from pathlib import Path

from labkit.installation import LOADERS
from labkit.packages import Program, fetch_program, given_program

INSTALLED = ("chromium", "chromium-browser", "google-chrome")
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">../../usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias>
    <family>sans-serif</family>
    <prefer><family>DejaVu Sans</family><family>Droid Sans Fallback</family></prefer>
  </alias>
</fontconfig>
"""


def _finish(root: Path) -> None:
    machine = platform.machine()
    loader = LOADERS.get(machine, "ld.so")
    shutil.copy2((root / f"usr/lib/{machine}-linux-gnu/{loader}").resolve(), root / "usr/lib/chromium" / loader)
    (root / "etc/fonts").mkdir(parents=True, exist_ok=True)
    (root / "etc/fonts/own.conf").write_text(FONTS_CONF)


CHROMIUM = Program(
    name="chromium",
    packages=("chromium", "fonts-dejavu-core", "fonts-droid-fallback"),
    wrapper="""#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
R=$here/root/usr
L=$R/lib/{machine}-linux-gnu
C=$R/lib/chromium
export FONTCONFIG_FILE="$here/root/etc/fonts/own.conf"
case " $* " in *" --type="*) ;; *) set -- --no-sandbox --no-zygote "--browser-subprocess-path=$0" "$@" ;; esac
exec "$C/{loader}" --library-path "$C:$L:$L/nss:$L/pulseaudio" "$C/chromium" "$@"
""",
    instead="set CTI_CHROMIUM to the program",
    needed_mb=1500,
    download_mb=200,
    finish=_finish,
)


def find_browser() -> Path:
    """A Chromium that can be started, fetched now if there is none. Raises CannotBeHad with the reason."""
    given = given_program("CTI_CHROMIUM", "Chromium", "program that can be started", lambda at: os.access(at, os.X_OK))
    if given is not None:
        return given
    for name in INSTALLED:
        if found := shutil.which(name):
            return Path(found)
    return fetch_program(CHROMIUM)
