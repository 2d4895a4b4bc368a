"""In which order does a demo happen? Stage, engine, callers, picture; then everything ends, in the other direction.

Ctrl-C, SIGTERM and a closed terminal end it like the end of its time: callers stop, figures are taken, nothing is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from cti.demo import calling_list, flow_side
from cti.demo.called import Called, called, promised_numbers
from cti.demo.children import Child
from cti.demo.facts import Facts
from cti.demo.outcomes import Tally
from cti.demo.screen import Screen, open_screen, say
from cti.demo.stage import DemoFailed, Stage, from_here, write_center
from cti.demo.stages import find_stage
from cti.demo.summary import DONE, FAILED, Summary, summarize
from cti.demo.watch import Watch
from cti.demo.wishes import CHECKOUT, Wishes
from cti.typed import typed

FRAME_S = 0.33
STEP_S = 1.0
READY_TIMEOUT_S = 20.0
LOOK_AGAIN_S = 1.0
SILENT_S = 10.0  # so long without an answer of the engine is a failure
KEPT = ("lab.json", "nodes", "watcher.log", "lock", flow_side.SHELF)

Result = TypeVar("Result")


class Stopped(Exception):
    """The person has had enough before the demo has begun."""


def run_demo(wishes: Wishes) -> int:
    """Run a demo to its end; the exit code."""
    try:
        with _only_one(wishes.folder):
            return asyncio.run(_Demo(wishes).run())
    except DemoFailed as error:
        say(f"The demo failed: {error}")
        return FAILED
    except (Stopped, KeyboardInterrupt):  # the latter before the loop has its own handlers
        say("Stopped.")
        return DONE


class _Demo:
    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._stop = asyncio.Event()
        self._failures: list[str] = []

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)
        async with AsyncExitStack() as stack:
            stage = await self._unless_stopped(find_stage(self._wishes, stack))
            engine = await self._start_engine(stage, stack)
            watch = await stack.enter_async_context(Watch(stage.control))
            await self._unless_stopped(_until_ready(watch, engine, self._wishes.folder))
            for text in (f"{stage.title} and the engine are ready.", *stage.hello):
                say(text)
            stack.push_async_callback(stage.traffic.stop)
            await stage.traffic.start()
            if stage.campaign:
                await watch.begin(stage.campaign)
            began = loop.time()
            with open_screen(plain=self._wishes.plain) as screen:
                await self._show(stage, engine, watch, screen, began)
            seconds = loop.time() - began
            say("The callers stop ...")
            summary = await _take_figures(stage, watch, seconds, self._failures)
        for text in summary.lines():
            say(text)
        return summary.exit_code

    async def _start_engine(self, stage: Stage, stack: AsyncExitStack) -> Child:
        folder = self._wishes.folder
        config = write_center(stage.center, folder)
        # The checkout goes first: what is shown is the code of this folder, whatever else is installed.
        path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
        environ = {**os.environ, **stage.environ, "PYTHONPATH": path}
        if stage.campaign:
            await self._unless_stopped(calling_list.take_over(stage.campaign, config, folder, environ))
        argv = (sys.executable, "-m", "cti", "run", str(config))
        engine = await Child.start("engine", argv, log=folder / "engine.log", environ=environ)
        stack.push_async_callback(engine.end)
        return engine

    async def _show(self, stage: Stage, engine: Child, watch: Watch, screen: Screen, began: float) -> None:
        loop = asyncio.get_running_loop()
        next_step = began
        while not self._stop.is_set() and not self._failures:
            up_s = loop.time() - began
            left_s = None if self._wishes.seconds is None else self._wishes.seconds - up_s
            if left_s is not None and left_s <= 0:
                return
            await watch.look()
            if loop.time() >= next_step:
                next_step = loop.time() + STEP_S
                await stage.traffic.step(watch.snapshot.get("agents", []))
                self._notice(stage, engine, watch)
                if stage.campaign:
                    await watch.look_out()
            out = called(watch.called["callbacks"], watch.called["campaigns"]).short()
            if not screen.show(watch.snapshot, Facts(stage.title, up_s, left_s, watch.age_s(), stage.join, called=out)):
                return
            await _sleep(FRAME_S if left_s is None else min(FRAME_S, left_s), self._stop)

    def _notice(self, stage: Stage, engine: Child, watch: Watch) -> None:
        log = self._wishes.folder / "engine.log"
        age_s = watch.age_s()
        if not engine.running:
            self._failures.append(f"the engine ended by itself; see {log}")
        elif age_s is not None and age_s > SILENT_S:
            self._failures.append(f"the engine has not answered for {age_s:.0f} s; see {log}")
        elif trouble := stage.traffic.trouble():
            self._failures.append(trouble)

    async def _unless_stopped(self, work: Awaitable[Result]) -> Result:
        """The result of `work`; raises Stopped, and cancels it, if the person has had enough first."""
        task = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Stopped
        finally:
            for future in (task, stopped):
                future.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await future


async def _until_ready(watch: Watch, engine: Child, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + READY_TIMEOUT_S
    nodes: list[str] = []
    while loop.time() < until:
        if not engine.running:
            raise DemoFailed(f"the engine did not start:\n{_tail(folder / 'engine.log')}")
        if await watch.look():
            nodes = list(watch.snapshot["status"]["nodes"].values())
            if "up" in nodes:
                return
        await asyncio.sleep(0.05)
    if nodes or watch.looked_at is not None:
        raise DemoFailed(
            f"the engine cannot log in to Asterisk's AMI; see {from_here(folder / 'engine.log')}, and try:\n"
            f"  {typed('doctor')} {from_here(folder / 'center.yaml')}"
        )
    raise DemoFailed(f"the engine did not answer:\n{_tail(folder / 'engine.log')}")


async def _take_figures(stage: Stage, watch: Watch, seconds: float, failures: list[str]) -> Summary:
    """Look twice: who is missing in both looks is lost, who is missing in one was on his way."""
    earlier = later = None
    out = Called({})
    if await _look(stage, watch):
        earlier = _tally(stage, watch)
        if earlier is not None:
            await asyncio.sleep(LOOK_AGAIN_S)
            await _look(stage, watch)
            later = _tally(stage, watch)
        out = called(watch.called["callbacks"], watch.called["campaigns"], stage.traffic.called_say())
    callers: Tally | None = later.settle(earlier) if later is not None and earlier is not None else None
    return summarize(
        watch.snapshot, title=stage.title, seconds=seconds, callers=callers, called=out, failures=tuple(failures)
    )


async def _look(stage: Stage, watch: Watch) -> bool:
    return await watch.look() and (not stage.campaign or await watch.look_out())


def _tally(stage: Stage, watch: Watch) -> Tally | None:
    return stage.traffic.tally(watch.live_numbers(), promised_numbers(watch.called["callbacks"]))


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """One demo a folder; what an earlier one left there is thrown away, but for a lab that may still run."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # it holds secrets and callers' numbers
    with (folder / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoFailed(
                f"another demo is running in {folder}; end it, or take another folder: make run FOLDER=DIR"
            ) from None
        for old in folder.iterdir():
            if old.name not in KEPT:
                shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)
        yield


def _tail(log: Path, lines: int = 12) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    return ""
