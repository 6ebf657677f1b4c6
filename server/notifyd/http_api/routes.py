"""The HTTP API in one table: the server, its description and the manual are made from it."""

from functools import cache
from typing import Final

import msgspec

from notifyctl.errors import Forbidden, KeyReused, NotFound, RateLimited, StoreUnavailable
from notifyctl.wire import (
    BatchItem,
    Health,
    InboxPage,
    PublishBody,
    Published,
    ReadAnswer,
    ReadBody,
    Readiness,
    Receipt,
    Results,
    Stats,
    TokenAnswer,
    TokenBody,
)
from notifyd.http_api import inbox, operate, publish
from notifyd.http_api.dev_token import PATH as DEV_TOKEN
from notifyd.http_api.dev_token import dev_token
from notifyd.http_api.node import Node
from notifyd.http_api.openapi import describe
from notifyd.http_api.route import MIB, Answer, Asks, Call, Route


async def openapi(_node: Node, _call: Call) -> Answer:
    """This table, as OpenAPI has it."""
    return Answer(_description())


@cache
def _description() -> bytes:
    return msgspec.json.encode(describe(ROUTES))


ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method="POST",
        path="/v1/notifications",
        access="publish",
        handler=publish.publish,
        summary="Publish a notification; several recipients get one result each.",
        asks=Asks(PublishBody),
        answers={201: (Published, Results)},
        is_idempotent=True,
        errors=(KeyReused, RateLimited, StoreUnavailable),
    ),
    Route(
        method="POST",
        path="/v1/notifications/batch",
        access="publish",
        handler=publish.publish_batch,
        summary="Publish up to 10,000 notifications in one commit; one result each, in order.",
        asks=Asks(publish.Batch, line=BatchItem, limit_bytes=16 * MIB),
        answers={201: Results},
        is_idempotent=True,
        errors=(RateLimited, StoreUnavailable),
    ),
    Route(
        method="GET",
        path="/v1/notifications/{id}",
        access="token",
        handler=inbox.receipt,
        summary="What became of a notification; for its sender and for admins.",
        answers={200: Receipt},
        errors=(Forbidden, NotFound, StoreUnavailable),
    ),
    Route(
        method="GET",
        path="/v1/users/{user}/inbox",
        access="subscribe",
        handler=inbox.inbox,
        summary="A page of a user's events, oldest first; `me` is the token's user.",
        query=inbox.InboxQuery,
        answers={200: InboxPage},
        errors=(StoreUnavailable,),
    ),
    Route(
        method="POST",
        path="/v1/users/{user}/read",
        access="subscribe",
        handler=inbox.mark_read,
        summary="Mark notifications read on every device: the listed ones, or all up to a seq.",
        asks=Asks(ReadBody),
        answers={200: ReadAnswer},
        errors=(StoreUnavailable,),
    ),
    Route(
        method="GET",
        path="/v1/stats",
        access="admin",
        handler=operate.stats,
        summary="Live figures of this server.",
        answers={200: Stats},
    ),
    Route(
        method="POST",
        path="/v1/drain",
        access="admin",
        handler=operate.drain,
        summary="Start to shut down: sessions are sent away, spread over the drain window.",
        answers={202: Readiness},
    ),
    Route(
        method="POST",
        path=DEV_TOKEN,
        access="open",
        handler=dev_token,
        summary="A token for one hour, on the server's own machine and with a generated secret.",
        asks=Asks(TokenBody, is_optional=True),
        answers={201: TokenAnswer},
        errors=(NotFound,),
    ),
    Route(
        method="GET",
        path="/healthz",
        access="open",
        handler=operate.healthz,
        summary="Whether the process is alive.",
        answers={200: Health},
    ),
    Route(
        method="GET",
        path="/readyz",
        access="open",
        handler=operate.readyz,
        summary="Whether this server should get traffic, and which check says no.",
        answers={200: Readiness, 503: Readiness},
    ),
    Route(
        method="GET",
        path="/metrics",
        access="open",
        handler=operate.metrics,
        summary="All figures in the Prometheus text format.",
        answers={200: str},
    ),
    Route(
        method="GET",
        path="/openapi.json",
        access="open",
        handler=openapi,
        summary="This description.",
        answers={200: dict},
    ),
    Route(
        method="GET",
        path="/",
        access="open",
        handler=operate.welcome,
        summary="What this server is.",
        answers={200: str},
    ),
)
