"""How do prompts of our own come beside the sounds of an Asterisk that others use too? By links in a folder of ours.

Asterisk looks for LANGUAGE/NAME below the sounds of its data folder; what is fetched into the cache stays as it is.
"""

import shutil
from pathlib import Path

from labkit.errors import LabError


def data_with_sounds(data: Path, sounds: Path, target: Path) -> Path:
    """Make `target` a data folder like `data` whose sounds include those of `sounds`, which go first; return it."""
    if not sounds.is_dir():
        raise LabError(f"{sounds} is no folder of sounds; make it with `cti prompts build --to {sounds}`")
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for part in data.iterdir():
        if part.name != "sounds":
            (target / part.name).symlink_to(part.resolve())
    _merge(target / "sounds", (sounds.resolve(), data / "sounds"))
    return target


def _merge(target: Path, sources: tuple[Path, ...]) -> None:
    target.mkdir()
    for name in sorted({part.name for source in sources for part in source.iterdir()}):
        found = [source / name for source in sources if (source / name).exists()]
        folders = tuple(part for part in found if part.is_dir())
        if len(folders) > 1 and folders[0] == found[0]:
            _merge(target / name, folders)
        elif found and not name.startswith("."):
            (target / name).symlink_to(found[0].resolve())
