"""Where is the API described? /api/v1/openapi.json for programs, /api/docs for people: plain HTML, no script."""

from __future__ import annotations

import html
from itertools import groupby
from typing import Any

import msgspec
from aiohttp import web

from cti.api.openapi import describe, rights_of
from cti.api.operations import OPERATIONS, PREFIX

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td { border-top: 1px solid #8884; padding: .4rem .6rem; vertical-align: top }
td:first-child { font-weight: 600; width: 5rem }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
small { opacity: .8 }
"""


def add_description(app: web.Application, origin: str) -> None:
    """Add both, and the page's style: it may not stand in the page (see web_files.CSP)."""
    described = msgspec.json.encode(describe(origin))
    page = _page().encode()

    async def openapi(_request: web.Request) -> web.Response:
        return web.Response(body=described, content_type="application/json", headers={"Cache-Control": "no-cache"})

    async def docs(_request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-cache"}
        return web.Response(body=page, content_type="text/html", charset="utf-8", headers=headers)

    async def style(_request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    app.router.add_get(f"{PREFIX}/openapi.json", openapi)
    app.router.add_get("/api/docs", docs)
    app.router.add_get("/api/docs.css", style)


def _page() -> str:
    parts: list[str] = []
    for tag, operations in groupby(OPERATIONS, key=lambda each: each.path.split("/")[1]):
        rows = "".join(_row(each) for each in operations)
        parts.append(f"<h2>{html.escape(tag)}</h2><table>{rows}</table>")
    intro = (
        f'<p>JSON; errors are <code>application/problem+json</code>. For programs: <a href="{PREFIX}/openapi.json">'
        "openapi.json</a> (OpenAPI 3.1), with <code>Authorization: Bearer TOKEN</code> "
        "(<code>cti token add</code>).</p>"
    )
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>cti: the API</title>'
    return f'{head}<link rel="stylesheet" href="/api/docs.css"><h1>The API</h1>{intro}{"".join(parts)}</html>'


def _row(operation: Any) -> str:
    query = f" ?{'= &'.join(operation.query)}=" if operation.query else ""
    words = (operation.method, f"{PREFIX}{operation.path}{query}", operation.summary, rights_of(operation))
    method, path, summary, rights = (html.escape(word) for word in words)
    return f"<tr><td>{method}</td><td><code>{path}</code><br>{summary}<br><small>{rights}</small></td></tr>"
