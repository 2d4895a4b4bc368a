"""What becomes of a list that somebody uploads? Kept for a while, looked at, tried, and taken over as `cti list` does.

Of the loop; whatever reads the file or asks the store runs in a thread of its own. Files hold personal data: they lie
in a folder of the engine's user alone and are gone after KEEP_S, or with the engine.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cti.background import in_thread_of_its_own
from cti.keepers import list_look
from cti.lists.form import filled
from cti.lists.importing import Tally, import_list, look_at
from cti.lists.judge import Rules
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.model.uploads import Refusal, Wishes
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.windows import Window
from cti.ports import Clock
from cti.store.database import Store
from cti.store.lead_loading import AnotherImport, ImportLost, remove_broken
from cti.store.leads import load_lists

MAX_BYTES = 300_000_000
MAX_UPLOADS = 8
MAX_OF_ONE = 2  # person: his older ones give way
KEEP_S = 3600.0
TIDY_EVERY_S = 60.0
SPARE_BYTES = 200_000_000  # of the disk


class _Stopped(Exception):
    """Somebody does not want it any more."""


class Upload:
    """One file. `state`: ready, trying, importing, tried, done, failed, stopped. `is_wanted`: False ends the work.

    `is_looked_at`: how it is read is changed just now.
    """

    def __init__(self, name: str, campaign: str, file: str, path: Path, now: float) -> None:
        self.id, self.campaign, self.file, self.path, self.at = name, campaign, file, path, now
        self.state, self.by, self.has_come, self.problems = "ready", "", False, list[str]()
        self.is_wanted, self.is_looked_at = True, False
        self.bytes = self.done_bytes = 0
        self.looked: dict[str, Any] = {}
        self.tally: Tally | None = None

    @property
    def rejected(self) -> Path:
        return self.path.with_suffix(".rejected.csv")

    @property
    def is_busy(self) -> bool:
        return self.is_looked_at or self.state in ("trying", "importing")

    def row(self) -> dict[str, Any]:
        """How it stands, for people. The preview's numbers are personal data."""
        done = {} if self.tally is None else list_look.told(self.tally)
        words = {"upload": self.id, "campaign": self.campaign, "file": self.file, "bytes": self.bytes}
        return {**words, "state": self.state, "done_bytes": self.done_bytes, "problems": self.problems, **done} | {
            "look": self.looked
        }


class ListDesk:
    """An api Lists. `folder` is made, and emptied of what a former process left."""

    def __init__(
        self,
        store: Store,
        policy: Callable[[], Center],
        folder: Path,
        clock: Clock,
        imported: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._policy, self._folder, self._clock = store, policy, folder, clock
        self._imported = imported
        self._uploads: dict[str, Upload] = {}
        shutil.rmtree(folder, ignore_errors=True)

    def known(self) -> list[str]:
        """The campaigns that there are."""
        return list(self._policy().campaigns)

    def lists(self, campaign: str) -> list[dict[str, Any]]:
        """What was imported, the newest first. Blocks. Raises SQLAlchemyError."""
        return load_lists(self._store, campaign)

    def find(self, campaign: str, name: str) -> Upload | None:
        """The upload of that name."""
        self._forget_old()
        found = self._uploads.get(name)
        return found if found is not None and found.campaign == campaign else None

    async def take(self, campaign: str, file: str, pieces: AsyncIterator[bytes], by: str = "") -> Upload:
        """Keep a file, piece by piece, and look at it. Raises Refusal, OSError."""
        self._make_way(by)
        if len(self._uploads) >= MAX_UPLOADS:
            raise Refusal("too_many_uploads", f"{MAX_UPLOADS} files wait already: finish or take back one of them")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = secrets.token_hex(12)
        upload = Upload(name, campaign, file, self._folder / f"{name}.csv", self._clock())
        self._uploads[name], upload.by = upload, by
        try:
            await self._write(upload, pieces)
            await self._look(upload, Wishes())
        except BaseException:
            self.drop(upload)
            raise
        upload.has_come = True
        return upload

    async def look(self, upload: Upload, wishes: Wishes) -> None:
        """Look again, in another way. Raises Refusal."""
        self._not_busy(upload)
        list_look.check(wishes)
        upload.is_looked_at, upload.is_wanted = True, True
        try:
            await self._look(upload, wishes)
            upload.state, upload.tally = "ready", None
        finally:
            upload.is_looked_at = False
            if not upload.is_wanted:
                self.drop(upload)

    async def _look(self, upload: Upload, wishes: Wishes) -> None:
        wishes = filled(wishes, self._policy(), upload.campaign)
        upload.problems, upload.looked = await in_thread_of_its_own(lambda: list_look.look(upload.path, wishes))

    def begin(self, upload: Upload, wishes: Wishes, *, dry_run: bool) -> None:
        """Try it, or take it over: returns at once, its state tells the rest. Raises Refusal."""
        self._not_busy(upload)
        list_look.check(wishes)
        policy = self._policy()
        if upload.campaign not in policy.campaigns:
            raise Refusal("unknown_campaign", "the configuration has no such campaign any more")
        upload.state, upload.tally, upload.problems = ("trying" if dry_run else "importing"), None, []
        upload.is_wanted, upload.done_bytes = True, 0
        work = in_thread_of_its_own(lambda: self._import(upload, wishes, policy, dry_run))
        work.add_done_callback(lambda found: self._ended(upload, found, dry_run=dry_run))

    def _ended(self, upload: Upload, found: asyncio.Future[Tally], *, dry_run: bool) -> None:
        _ended(upload, found, "tried" if dry_run else "done")
        if upload.state == "done":
            self._imported()

    def drop(self, upload: Upload) -> None:
        """It is not wanted any more. What is worked on is stopped: its state tells soon which of the two was first."""
        if upload.is_busy:
            upload.is_wanted = False
            return
        self._uploads.pop(upload.id, None)
        for path in (upload.path, upload.rejected):
            path.unlink(missing_ok=True)
        shutil.rmtree(upload.path.with_suffix(""), ignore_errors=True)

    async def tidy(self) -> None:
        """Delete what nobody came back for, and what imports have left that died, until cancelled.

        Raises SQLAlchemyError.
        """
        while True:
            self._forget_old()
            await in_thread_of_its_own(self._remove_broken)
            await asyncio.sleep(TIDY_EVERY_S)

    def _remove_broken(self) -> None:
        """Of another machine, whose clock is not ours, what has been silent for an hour."""
        remove_broken(self._store, self._clock() - KEEP_S)

    def close(self) -> None:
        """Files go with the engine; an import that is under way removes what it began at the next one."""
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _write(self, upload: Upload, pieces: AsyncIterator[bytes]) -> None:
        room = shutil.disk_usage(self._folder).free - SPARE_BYTES
        with upload.path.open("xb") as file:
            upload.path.chmod(0o600)
            async for piece in pieces:
                upload.bytes += len(piece)
                if upload.bytes > MAX_BYTES:
                    raise Refusal("too_large", f"more than {MAX_BYTES // 1_000_000} MB: use `cti list import`")
                if upload.bytes > room:
                    raise Refusal("no_room", "the engine's disk is full: make room, or use `cti list import`")
                await asyncio.to_thread(file.write, piece)

    def _import(self, upload: Upload, wishes: Wishes, policy: Center, dry_run: bool) -> Tally:
        campaign = policy.campaigns[upload.campaign]
        window, now = Window(campaign.limits.window), self._clock()
        wishes = filled(wishes, policy, upload.campaign)
        found = look_at(upload.path, list_look.reading_of(wishes))
        zone = wishes.zone or policy.outbound.suppose_zone or ""
        rules = Rules(upload.campaign, wishes.region.upper() or None, zone, wishes.not_across)

        def told(done: int, _whole: int) -> None:
            if not upload.is_wanted:
                raise _Stopped
            upload.done_bytes = done

        with upload.rejected.open("w", encoding="utf-8-sig", newline="") as rejects:
            upload.rejected.chmod(0o600)
            return import_list(
                self._store,
                _named(upload),
                found,
                rules,
                self._clock,
                by=wishes.by,
                dry_run=dry_run,
                rejects=rejects,
                open_now=lambda zones: window.reason(zones, now) is None,
                forbidden=DoNotCall(policy.outbound.do_not_call),
                told=told,
            )

    def _not_busy(self, upload: Upload) -> None:
        if upload.is_busy:
            raise Refusal("in_use", "it is being worked on: wait until it is through")

    def _make_way(self, by: str) -> None:
        """One person fills nobody else's room: of his own the oldest goes that nobody works on. Raises Refusal."""
        self._forget_old()
        his = [upload for upload in self._uploads.values() if by and upload.by == by]
        idle = [upload for upload in his if upload.has_come and not upload.is_busy]
        if len(his) >= MAX_OF_ONE and not idle:
            raise Refusal("too_many_uploads", f"{MAX_OF_ONE} files of yours are worked on: wait for one of them")
        if len(his) >= MAX_OF_ONE:
            self.drop(idle[0])

    def _forget_old(self) -> None:
        now = self._clock()
        for upload in [each for each in self._uploads.values() if now - each.at > KEEP_S and not each.is_busy]:
            self.drop(upload)


def _named(upload: Upload) -> Path:
    """A link by which the list has the name of the file that was uploaded."""
    folder = upload.path.with_suffix("")
    folder.mkdir(mode=0o700, exist_ok=True)
    link = folder / upload.file
    if not link.exists():
        link.hardlink_to(upload.path)
    return link


def _ended(upload: Upload, found: asyncio.Future[Tally], well: str) -> None:
    error = found.exception()
    if error is None:
        upload.tally, upload.state = found.result(), well
        return
    upload.state = "stopped" if isinstance(error, _Stopped) else "failed"
    if isinstance(error, _Stopped):
        return
    if isinstance(error, ConfigError):
        upload.problems = [line.replace(f"{upload.path}:", "") for line in error.problems]
    elif isinstance(error, AnotherImport):
        upload.problems = [f"{error}; nothing was imported"]
    elif isinstance(error, ImportLost):
        upload.problems = ["it was taken for dead, and removed; nothing was imported"]
    elif isinstance(error, SQLAlchemyError | OSError):
        upload.problems = [f"the store or the disk does not take it ({type(error).__name__}); nothing was imported"]
    else:
        upload.problems = [f"this is our fault ({type(error).__name__}); nothing was imported"]
