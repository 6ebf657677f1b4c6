"""The rules for a live server: what they judge was seen before, so they are as pure as any."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.live.exchange import Exchange
from notifyctl.validate.live.server import ABNORMAL, Health, LiveServer, longest_gap
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings

# What the kubelet waits for a probe unless `timeoutSeconds` says otherwise.
BUDGET_SECONDS: Final = 1.0
TOO_BIG: Final = 1009
# Closes after which every client comes back by itself, and soon.
COME_BACK: Final = (4401, 1001, 1012)
# 4000 to 4999 belong to the application: it ended the session for a reason of its own.
_OF_THE_APPLICATION: Final = range(4000, 5000)


@rule("LV501", "error")
def unhealthy_http(server: LiveServer, _settings: Settings) -> Iterator[Problem]:
    """The health or the ready path does not answer as a probe needs it.

    Both are asked 20 times, each time over a new connection, as the kubelet and load balancers do.
    Every answer has to be 200, and come within a second: that is how long the kubelet waits unless
    `timeoutSeconds` is set, and a liveness probe that fails restarts a server with all its sockets.
    An answer in HTML comes from a page that catches all paths, and says nothing about the server;
    one that calls itself JSON must be JSON. No other validator asks the server.

    Bad::

        GET /healthz HTTP/1.1
        HTTP/1.1 200 OK
        Content-Type: text/html
        <!doctype html><title>Welcome</title>

    Good::

        GET /healthz HTTP/1.1
        HTTP/1.1 200 OK
        Content-Type: application/json
        {"status":"ok"}
    """
    for health in (server.health, server.ready):
        if health is not None:
            yield from _ill(health)


def _ill(health: Health) -> Iterator[Problem]:
    path, exchange = health.path, health.exchange
    if health.status != 200:
        answer = "not answered in time" if health.status is None else f"answered {health.status}"
        yield Problem(
            f"`{path}` is {answer}",
            exchange.at("status"),
            help="look at the server's log, and at any proxy before it",
            note="a probe of this path fails",
        )
        return
    kind = health.content_type.partition(";")[0].strip().lower()
    if kind == "text/html":
        yield Problem(
            f"`{path}` is answered with a web page",
            exchange.at("content-type", "status"),
            help=f"route `{path}` to the service, not to a page that catches all paths",
            note="the probe stays green whatever happens to the service",
        )
    elif kind.endswith("json") and not _is_json(health.body):
        yield Problem(
            f"`{path}` calls its answer JSON, but it is none",
            exchange.at("body", "content-type"),
            help="send JSON, or another Content-Type",
        )
    slow = sum(each > BUDGET_SECONDS for each in health.seconds)
    if slow:
        count = len(health.seconds)
        yield Problem(
            f"{slow} of {count} answers of `{path}` took longer than {BUDGET_SECONDS:g} s",
            exchange.at("status"),
            label=f"the slowest took {max(health.seconds):.1f} s",
            help="find out what the handler waits for; health should touch no dependency",
            note="the kubelet waits 1 s for a probe unless `timeoutSeconds` is set",
            severity=None if slow * 2 > count else Severity.WARNING,
        )


@rule("LV502", "error")
def failing_handshake(server: LiveServer, _settings: Settings) -> Iterator[Problem]:
    """The upgrade to a WebSocket fails, or a browser would give it up.

    An upgrade is answered with 101, `Sec-WebSocket-Accept` that fits the client's key, and one of
    the subprotocols that were offered. The usual cause of a failure is a proxy: one that does not
    pass on `Upgrade` and `Connection` gets 400 or 426 from the server, and a cache answers with the
    `Sec-WebSocket-Accept` of somebody else. Browsers also close a connection whose server chose
    none of the subprotocols that the page offered; set `ws_subprotocol = ""` if your pages offer
    none. Check the address that your clients use, with the proxy, by `--ws`.

    Bad::

        GET /ws HTTP/1.1
        Upgrade: websocket
        HTTP/1.1 426 Upgrade Required

    Good::

        GET /ws HTTP/1.1
        Upgrade: websocket
        Sec-WebSocket-Protocol: notify.v1
        HTTP/1.1 101 Switching Protocols
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
        Sec-WebSocket-Protocol: notify.v1
    """
    shaken = server.handshake
    if shaken is None:
        return
    if shaken.status != 101:
        answer = "not answered in HTTP" if shaken.status is None else f"answered {shaken.status}"
        yield Problem(
            f"the upgrade to a WebSocket is {answer}",
            shaken.exchange.at("status"),
            help="check the path, and that the proxy passes on `Upgrade` and `Connection`",
            note="no client can connect",
        )
    elif shaken.accept != shaken.expected_accept:
        yield Problem(
            "`Sec-WebSocket-Accept` does not fit the key of the request",
            shaken.exchange.at("sec-websocket-accept", "status"),
            help=f"it must be `{shaken.expected_accept}`; look for a cache between here and there",
            note="every client closes such a connection",
        )
    elif shaken.offered and shaken.subprotocol is None:
        yield Problem(
            f"the server does not choose the subprotocol `{shaken.offered}` that it was offered",
            shaken.exchange.at("status"),
            help="pass on `Sec-WebSocket-Protocol`, or set `ws_subprotocol` to what the server has",
            note="a browser that offered it closes the connection",
        )
    elif shaken.problem:
        yield Problem(
            f"clients refuse the answer to the upgrade: {shaken.problem}",
            shaken.exchange.at("sec-websocket-protocol", "sec-websocket-extensions", "status"),
            help="choose only what the client offered",
        )


@rule("LV503", "error")
def open_to_strangers(server: LiveServer, _settings: Settings) -> Iterator[Problem]:
    """Somebody who did not say who they are is sent data, or a foreign page is let in.

    One socket says nothing, another says hello with a token that nobody signed (`alg: none`, only
    where the server speaks `notify.v1`): neither may be sent any message but an error. And an
    upgrade that names a foreign `Origin` has to be refused: browsers send cookies along with it,
    and no other rule of theirs stops a page of another site from opening a socket as its visitor
    (cross-site WebSocket hijacking, CWE-1385). A single message to a silent socket may be a
    greeting, and is a warning.

    Bad::

        GET /ws HTTP/1.1
        Upgrade: websocket
        Origin: https://notifyctl-validate.invalid
        HTTP/1.1 101 Switching Protocols

    Good::

        GET /ws HTTP/1.1
        Upgrade: websocket
        Origin: https://notifyctl-validate.invalid
        HTTP/1.1 403 Forbidden
    """
    for stranger in server.strangers:
        if stranger.messages:
            greeting = stranger.did == "says nothing" and stranger.messages == 1
            count = "a message" if stranger.messages == 1 else f"{stranger.messages} messages"
            yield Problem(
                f"a socket without a valid token that {stranger.did} is sent {count}",
                stranger.exchange.at("message"),
                help="send nothing before the token was checked",
                note="whoever can reach the port can read along",
                severity=Severity.WARNING if greeting else None,
            )
    page = server.foreign_page
    if page is not None and page.status == 101:
        yield Problem(
            f"a page of the foreign origin `{page.origin}` may open a WebSocket",
            page.exchange.at("status"),
            help="answer 403 to origins that are not yours; see `NOTIFYD_ALLOWED_ORIGINS`",
            note="a page of another site can open a socket as its visitor",
        )


@rule("LV504", "warning")
def missing_pings(server: LiveServer, settings: Settings) -> Iterator[Problem]:
    """The server does not answer a ping, or sends none within its interval.

    A phone that lost its network says nothing. Only pings find out, on either side, and they are
    also what keeps proxies from closing a connection that nothing was said on. Ten pings have to be
    answered with their own payload (RFC 6455 5.5.3), and in a silent session a ping has to come
    every `ping_seconds` (25 unless you set it), or at most a fifth later.

    Bad::

        > ping 1
        (no pong within 5 s)

    Good::

        > ping 1
        < pong 1
        (the client is silent for 30 s)
        < ping after 25.0 s
    """
    pings = server.pings
    if pings is not None and len(pings.seconds) < pings.sent:
        yield Problem(
            f"ping number {pings.sent} is not answered",
            pings.exchange.at("pong"),
            help="answer each ping with a pong of the same payload",
            note="clients take the connection for dead, and come back again and again",
        )
    silence = server.silence
    allowed = longest_gap(settings.ping_seconds)
    if silence is None or silence.close_code is not None:
        return
    moments = (0.0, *silence.pings, silence.seconds)
    longest = max(after - before for before, after in pairwise(moments))
    # The clock of the one who waited may stand a hair before the end.
    if longest > allowed - 0.1:
        yield Problem(
            f"the server sent no ping for {longest:.0f} s, though it should every "
            f"{settings.ping_seconds:g} s",
            silence.exchange.at("silence"),
            help="set the server's ping interval, or `ping_seconds` to what it is",
            note="the server does not notice who is gone, and proxies cut silent connections",
        )


@rule("LV505", "warning")
def cut_when_idle(server: LiveServer, _settings: Settings) -> Iterator[Problem]:
    """A connection on which nothing is said is closed after a while.

    A person gets few notifications, so a connection is silent most of its life. Proxies and load
    balancers close what they take for dead: nginx and AWS load balancers after 60 s, GKE after 30 s
    whatever is said. Then everybody comes back every minute. The check is silent for as long as
    `--idle` says, or a little longer than one ping; give `--idle 75s` and the public address to
    find what closes after 60 s. A close code of the application (4000 to 4999) is its own decision,
    and no finding.

    Bad::

        (the client is silent for 75 s)
        (the connection ended without a close frame)

    Good::

        (the client is silent for 75 s)
        < ping after 25.0 s
        < ping after 50.0 s
        (still open after 75.0 s)
    """
    silence = server.silence
    if silence is None or silence.close_code is None or silence.close_code in _OF_THE_APPLICATION:
        return
    yield Problem(
        f"the connection {_ended(silence.close_code)} after {silence.seconds:.0f} silent seconds",
        silence.exchange.at("close"),
        help="raise the idle timeout of every proxy on the way above an hour, and ping more often",
        note="everybody comes back at this interval, also those for whom there is nothing new",
    )


@rule("LV506", "error")
def abrupt_close(server: LiveServer, settings: Settings) -> Iterator[Problem]:
    """The server ends a connection without saying why.

    A message that is too large has to be answered with 1009: any other end looks like a bad
    network, and the client comes back to send the same again. On SIGTERM a client has to be told by
    4401, 1001 or 1012 that it shall come back, and `ready_path` must fail by then: a client that
    comes back at once would otherwise be sent to the server that just sent it away. SIGTERM is only
    sent if you name the process with `--pid`.

    Bad::

        > (a message of 65,537 bytes)
        (the connection ended without a close frame)

    Good::

        > (a message of 65,537 bytes)
        < close 1009
    """
    long = server.too_long
    if long is not None and long.close_code != TOO_BIG:
        limit = settings.max_message_bytes
        yield Problem(
            f"a message of {long.size:,} bytes {_fate(long.close_code)}",
            long.exchange.at("close", "open"),
            help=f"close with 1009 above {limit:,} bytes, or set `max_message_bytes` to your limit",
            note="without a limit, one client can fill the memory"
            if long.close_code is None
            else "a client that is not told sends the same again",
        )
    ending = server.termination
    if ending is None:
        return
    if ending.close_code not in COME_BACK:
        yield Problem(
            f"after SIGTERM a session {_fate_of_session(ending.close_code)}",
            ending.exchange.at("close", "ready"),
            help="close sessions with 4401, 1001 or 1012 before the process ends",
            note="clients cannot tell a deployment from a broken network",
        )
    if ending.ready_status == 200:
        yield _still_ready(ending.exchange, settings)


def _still_ready(exchange: Exchange, settings: Settings) -> Problem:
    return Problem(
        f"`{settings.ready_path}` still answers 200 when sessions are closed",
        exchange.at("ready"),
        help="fail readiness first, then close sessions",
        note="clients that come back are sent to the server that just sent them away",
    )


def _ended(code: int) -> str:
    return "ends without a close frame" if code == ABNORMAL else f"is closed with {code}"


def _fate(code: int | None) -> str:
    return (
        "is taken" if code is None else f"is not answered with 1009: the connection {_ended(code)}"
    )


def _fate_of_session(code: int | None) -> str:
    return "is not closed at all" if code is None else _ended(code)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
