"""What do Prometheus, an orchestrator, a balancer ask? /metrics, /healthz, /readyz, /ownz on TCP: no personal data.

Knows only functions that answer; neither the engine nor the metrics' library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

from cti.api.responses import answer
from cti.api.serving import limit_connections

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LOOP_LAG_LIMIT_S = 2.0
MAX_BODY_BYTES = 4096


def make_http_app(
    render_metrics: Callable[[], bytes],
    not_ready: Callable[[], Sequence[str]],
    loop_lag_s: Callable[[], float],
    warnings: Callable[[], Sequence[str]] = lambda: (),
    *,
    owns: Callable[[], bool] = lambda: True,
) -> web.Application:
    """The app. `not_ready` returns what is missing (empty: ready), `loop_lag_s` the newest lag of the event loop.

    `warnings` are told beside: callers are served all the same. `owns`: whether pages and requests are answered here,
    by whom of several engines owns the centre; he does so while he takes no new callers, too.
    """

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=render_metrics(), headers={"Content-Type": METRICS_TYPE})

    async def healthz(_request: web.Request) -> web.Response:
        lag_s = loop_lag_s()
        healthy = lag_s < LOOP_LAG_LIMIT_S
        return answer({"ok": healthy, "loop_lag_s": round(lag_s, 6)}, 200 if healthy else 503)

    async def readyz(_request: web.Request) -> web.Response:
        reasons = list(not_ready())
        told = {"warnings": found} if (found := list(warnings())) else {}
        return answer({"ready": not reasons, "reasons": reasons, **told}, 503 if reasons else 200)

    async def ownz(_request: web.Request) -> web.Response:
        is_owner = owns()
        return answer({"owns": is_owner}, 200 if is_owner else 503)

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    limit_connections(app)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/ownz", ownz)
    return app


def missing_for_ready(nodes: Mapping[str, str], *, fastagi_listens: bool, turns_away: str = "") -> list[str]:
    """Why callers could not be served now: `nodes` is name -> "up" / "down", as the switch has them.

    `turns_away`: why no new caller is let in, in words.
    """
    reasons = []
    if "up" not in nodes.values():
        down = ", ".join(sorted(nodes)) or "none seen yet"
        reasons.append(f"no Asterisk node is connected ({down})")
    if not fastagi_listens:
        reasons.append("FastAGI does not listen")
    if turns_away:
        reasons.append(f"new callers are turned away: {turns_away}")
    return reasons
