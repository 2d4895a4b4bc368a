"""How does a test use a page as a person does? Opens, waits, takes pictures, and listens for what goes wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.web.stage import REPOSITORY, Stage

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = REPOSITORY / "web" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
TIMEOUT_MS = 30_000  # a busy machine: what is waited for is a condition, never a moment


class Looking:
    """One page. `trouble`: what it said on the console, or asked of somebody else than the engine."""

    def __init__(self, page: Page, stage: Stage, shots: Path, name: str) -> None:
        self.page, self.stage, self.trouble = page, stage, list[str]()
        self._shots, self._name = shots, re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")
        self.take(page)

    def take(self, page: Page) -> None:
        """Listen to a page, this one or another one of the same test."""
        page.set_default_timeout(TIMEOUT_MS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("request", self._asked)

    def open(self, path: str) -> Page:
        """Open one of our pages, and wait for its content."""
        self.page.goto(self.stage.address + path)
        self.page.wait_for_selector("#content")
        return self.page

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """What the API answers whoever is signed in here; quicker than a command of its own process."""
        base = f"{self.stage.address}/api/v1"
        asked = self.page.request
        csrf = asked.get(f"{base}/me").json()["csrf"]
        headers = {"X-CSRF-Token": csrf, "Origin": self.stage.address}
        answer = asked.fetch(base + path, method=method, data=data, headers=headers)
        assert answer.ok, answer.text()
        return answer.json()

    def shot(self, word: str, page: Page | None = None) -> None:
        """Leave a picture."""
        (page or self.page).screenshot(path=str(self._shots / f"{self._name}-{word}.png"))

    def serious(self, page: Page | None = None) -> list[str]:
        """What axe-core finds serious in the page as it is now: rule and place."""
        seen = page or self.page
        seen.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = seen.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {node['html'][:160]}"
            for violation in found["violations"]
            if violation["impact"] in SERIOUS
            for node in violation["nodes"]
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.trouble.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.stage.address, self.stage.address.replace("http", "ws"), "data:", "blob:")):
            self.trouble.append(f"asked elsewhere: {request.url}")
