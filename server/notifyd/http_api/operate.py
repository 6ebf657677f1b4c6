"""Routes for operators: health, figures, drain."""

import time

from notifyctl.wire import Health, Stats
from notifyd.http_api.node import Node
from notifyd.http_api.route import TEXT, Answer, Call, answer
from notifyd.metrics import CONTENT_TYPE

_WELCOME = b"""\
This is notifyd, a server that delivers notifications to people in real time.
Its HTTP API is described at /openapi.json; `notifyctl send` and `notifyctl tail` speak it.
"""


async def welcome(_node: Node, _call: Call) -> Answer:
    """Two lines for who opens the address in a browser."""
    return Answer(_WELCOME, content_type=TEXT)


async def healthz(_node: Node, _call: Call) -> Answer:
    """The process is alive; nothing else is asked."""
    return answer(Health())


async def readyz(node: Node, _call: Call) -> Answer:
    """Whether this server should get traffic, and which check says no."""
    readiness = await node.health.readiness()
    if readiness.ready:
        return answer(readiness)
    return answer(readiness, 503, {"Retry-After": "1"})


async def metrics(node: Node, _call: Call) -> Answer:
    """All figures, as Prometheus reads them."""
    return Answer(node.metrics.text(), content_type=CONTENT_TYPE)


async def stats(node: Node, _call: Call) -> Answer:
    """Live figures, for people."""
    figures = Stats(
        server=node.name,
        uptime_s=round(time.monotonic() - node.started_at, 3),
        store=node.store.name,
        durability=node.store.durability,
        draining=node.health.draining,
        sessions=len(node.hub.members()),
        users=node.hub.users,
        topics=node.hub.topics,
        queue_bytes=node.metrics.queue_bytes(),
        published=node.metrics.events("published"),
        delivered=node.metrics.events("sent") + node.metrics.events("replayed"),
        acknowledged=node.metrics.events("acknowledged"),
    )
    return answer(figures)


async def drain(node: Node, _call: Call) -> Answer:
    """Start to shut down, as SIGTERM does; asked again, it goes on as it is."""
    if not node.health.draining:
        node.health.draining = True
        node.drain()
    return answer(await node.health.readiness(), 202)
