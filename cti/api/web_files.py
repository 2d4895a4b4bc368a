"""Which files does a browser get? The built pages, and headers that let them load nothing else.

Files with a hash in their names never change; the one page is asked for anew each time, and serves every address of the
program's pages (history API). Read at need, kept in memory: a path of a request never reaches the disk.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from aiohttp import web

from cti.api.operations import PREFIX
from cti.api.responses import problem

log = structlog.get_logger(__name__)

INDEX = "index.html"
IMMUTABLE = "public, max-age=31536000, immutable"
MAX_FILE_BYTES = 5_000_000
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
SAFETY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
_MISSING = b"""<!doctype html><meta charset="utf-8"><title>cti</title><h1>No pages here</h1>
<p>The pages are not built: run <code>make web</code> in the checkout (before the program is installed from it), or
name their folder as <code>web.pages</code>.
The API works: <a href="/api/docs">/api/docs</a>.</p>"""


class _File(NamedTuple):
    body: bytes
    kind: str


class Pages:
    """The files of `folder` (built: web/dist), read again when its index.html is another one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: float | None = None
        self._files: dict[str, _File] = {}

    def find(self, path: str) -> tuple[_File, bool] | None:
        """Return a file, and whether it is the page; None where there is neither."""
        self._look()
        name = path.lstrip("/")
        if name in self._files and name != INDEX:
            return self._files[name], False
        if "." in name.rpartition("/")[2] and name != INDEX:
            return None
        return self._files.get(INDEX, _File(_MISSING, "text/html")), True

    def _look(self) -> None:
        try:
            at = (self._folder / INDEX).stat().st_mtime
        except OSError:
            at = None
        if at != self._seen:
            self._seen, self._files = at, _read(self._folder)


def add_pages(app: web.Application, folder: Path) -> None:
    """Serve everything outside of /api: files of `folder`, and the page for all other addresses."""
    pages = Pages(folder)
    if not (folder / INDEX).is_file():
        log.warning("no pages: run make web in the checkout and install again, or set web.pages", folder=str(folder))

    async def get(request: web.Request) -> web.Response:
        found = pages.find(request.match_info["path"])
        if found is None:
            return problem(404, "no_such_path", f"there is nothing at this path; the API is at {PREFIX}")
        file, is_page = found
        fresh = is_page or not file_never_changes(request.path)
        headers = {"Cache-Control": "no-cache" if fresh else IMMUTABLE}
        charset = "utf-8" if file.kind.startswith("text/") else None
        return web.Response(body=file.body, content_type=file.kind, charset=charset, headers=headers)

    app.router.add_get("/{path:(?!(?i:api|v1)(?:/|$)).*}", get)


def file_never_changes(path: str) -> bool:
    """Whether Vite put a hash of the content into the name: it does so in assets/."""
    return path.startswith("/assets/")


def safe_headers(*, is_tls: bool) -> Any:
    """Return the signal handler that gives every answer the headers that keep browsers from doing anything else."""
    more = SAFETY | HSTS if is_tls else SAFETY

    async def prepare(_request: web.Request, response: web.StreamResponse) -> None:
        for name, value in more.items():
            response.headers.setdefault(name, value)
        response.headers["Server"] = "cti"

    return prepare


def _read(folder: Path) -> dict[str, _File]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_FILE_BYTES:
            kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            found[path.relative_to(folder).as_posix()] = _File(path.read_bytes(), kind)
    return found
