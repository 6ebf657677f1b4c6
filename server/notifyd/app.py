"""The whole server: built from settings, started, drained, stopped."""

import asyncio
import contextlib
import os
import random
import resource
import signal
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from notifyctl.errors import NotifyError, PortTaken
from notifyd.auth import Verifier, addressee
from notifyd.cursors import Cursors
from notifyd.delivery import Delivery
from notifyd.drain import slots
from notifyd.health import Health
from notifyd.http_api.node import Node
from notifyd.http_api.server import HttpServer
from notifyd.hub import Hub
from notifyd.keyring import Keyring
from notifyd.logs import fields, handle_loop_error, log
from notifyd.metrics import Metrics
from notifyd.port import Port
from notifyd.rate import Rates
from notifyd.receipts import Receipts
from notifyd.settings import Settings
from notifyd.store import open_store
from notifyd.store.store import Limits
from notifyd.ws import Connection

EXPIRE_EVERY_SECONDS: Final = 60.0
# Files that are no WebSocket connections: the HTTP API's, then the database and its log, the
# listeners, and what the system has accepted before a limit is looked at.
RESERVED_FILES: Final = 1_500
HTTP_SHARE: Final = 2 / 3
ENOUGH_FILES: Final = 65_536
BACKLOG: Final = 4096
# Those who wait here are accepted together, and must fit into the reserve.
HTTP_BACKLOG: Final = 256
# When the drain is over, sessions have this long to finish closing, and then requests to be
# answered: together less than the five seconds that an orchestrator adds to `drain_seconds`.
CLOSE_SECONDS: Final = 3.0
REQUEST_SECONDS: Final = 1.0


class Addresses(msgspec.Struct, frozen=True):
    """Where a started server answers."""

    http_url: str
    ws_url: str


class Server:
    """One node: both ports, the store behind them, and what happens every minute."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        self._settings = settings
        self._asked_to_stop = asyncio.Event()
        self._in_a_hurry = asyncio.Event()
        self._store = open_store(
            settings.store, data_dir=Path(settings.data_dir).expanduser(), limits=_limits(settings)
        )
        self._metrics = Metrics()
        self.hub = Hub(
            max_sessions_per_user=settings.max_sessions_per_user,
            push_bytes=settings.queue_bytes // 2,
        )
        self._health = Health(self._store)
        name = f"notifyd/{version('notifyctl')}"
        verifier = Verifier(keyring.keys, **addressee(settings))
        self.cursors = Cursors(self._store, self._metrics)
        receipts = Receipts()
        delivery = Delivery(
            self._store,
            self.hub,
            self.cursors,
            receipts,
            Rates(settings.publish_rate, settings.publish_burst),
            self._metrics,
        )
        files = file_limit()
        self._port = Port(
            server=name,
            settings=settings,
            verifier=verifier,
            store=self._store,
            delivery=delivery,
            cursors=self.cursors,
            hub=self.hub,
            health=self._health,
            metrics=self._metrics,
            max_connections=settings.max_connections or connection_limit(files),
        )
        node = Node(
            name=name,
            settings=settings,
            verifier=verifier,
            dev_key=keyring.signer if keyring.is_generated else None,
            store=self._store,
            delivery=delivery,
            hub=self.hub,
            receipts=receipts,
            health=self._health,
            metrics=self._metrics,
            drain=self.ask_to_stop,
            started_at=time.monotonic(),
        )
        http = HttpServer(node, max_connections=http_connection_limit(files))
        self._http = web.ServerRunner(http, shutdown_timeout=REQUEST_SECONDS)
        self._metrics.queue_bytes = self._port.queue_bytes
        self._ws: asyncio.Server | None = None
        self._minutely: asyncio.Task[None] | None = None

    async def serve(self, on_ready: Callable[[Addresses], None]) -> None:
        """Serve until a signal or `POST /v1/drain` asks for the end, then drain and stop."""
        try:
            # First, lest a signal right after the word "ready" end the process as it stands.
            self._heed_signals()
            addresses = await self.start()
            on_ready(addresses)
            await self._asked_to_stop.wait()
            await self.drain()
        finally:
            await self.stop()

    async def start(self) -> Addresses:
        """Open the store, then the ports. Raises `StoreUnusable` or `PortTaken`."""
        await self._store.open()
        host = self._settings.host
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(handle_loop_error)
        port = self._settings.ws_port
        try:
            self._ws = await loop.create_server(
                partial(Connection, self._port), host, port, backlog=BACKLOG
            )
            port = self._settings.http_port
            await self._http.setup()
            await web.TCPSite(self._http, host, port, backlog=HTTP_BACKLOG).start()
        except OSError as error:
            reason = os.strerror(error.errno).lower() if error.errno else error
            raise PortTaken(port=port, host=host, reason=reason) from None
        self._minutely = loop.create_task(self._expire())
        ws_port = self._ws.sockets[0].getsockname()[1]
        http_port = self._http.addresses[0][1]
        name = reachable(host)
        ws_url = self._settings.public_ws_url or f"ws://{name}:{ws_port}/ws"
        addresses = Addresses(f"http://{name}:{http_port}", ws_url)
        log.info("ready", extra=fields(**msgspec.structs.asdict(addresses)))
        return addresses

    def ask_to_stop(self) -> None:
        """Begin to drain; asked again, stop at once."""
        if self._asked_to_stop.is_set():
            self._in_a_hurry.set()
        self._asked_to_stop.set()

    async def drain(self) -> None:
        """Send every session away in its own slot; whoever asks meanwhile is sent away, too."""
        members = self.hub.members()
        random.shuffle(members)
        times = slots(len(members), self._settings.drain_seconds, alone=not self._store.shared)
        window = times[-1] if times else 0.0
        log.info("draining", extra=fields(sessions=len(members), seconds=window))
        self._port.drain(window)
        loop = asyncio.get_running_loop()
        for member, seconds in zip(members, times, strict=True):
            member.go_away(seconds)
        await self._hurry_or(window)
        self._port.end_all()
        deadline = loop.time() + CLOSE_SECONDS
        while self._port.connections and loop.time() < deadline:
            if await self._hurry_or(0.02):
                break

    async def stop(self) -> None:
        """Close the ports and the store. What was acknowledged is on disk when this returns."""
        if self._minutely is not None:
            self._minutely.cancel()
        if self._ws is not None:
            self._ws.close()
        for connection in list(self._port.connections):
            connection.abort()
        await self._http.cleanup()
        await self.cursors.settle()
        await self._store.close()
        if self._minutely is not None:
            log.info("stopped")

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ask_to_stop)

    async def _hurry_or(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._in_a_hurry.wait(), seconds)
        return False

    async def _expire(self) -> None:
        while True:
            await asyncio.sleep(EXPIRE_EVERY_SECONDS)
            try:
                removed = await self._store.expire(time.time())
            except NotifyError as error:
                log.warning("what has expired cannot be removed", extra=fields(reason=str(error)))
            except Exception:  # The next minute may bring better luck; this one is told of.
                log.exception("what has expired cannot be removed")
            else:
                log.debug("expired", extra=fields(**msgspec.structs.asdict(removed)))


def run(settings: Settings, keyring: Keyring, on_ready: Callable[[Addresses], None]) -> None:
    """Run a server until it is asked to stop; `on_ready` is called when both ports answer."""

    async def main() -> None:
        await Server(settings, keyring).serve(on_ready)

    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(main())


def fastest_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """The event loop to run on: uvloop where it exists."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.new_event_loop
    return new_event_loop


def file_limit() -> int:
    """How many files this process may open, after asking for as many as it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_FILES if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # Some systems say "unlimited" and still refuse what is more than they can do.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return wanted
    return wanted if soft == resource.RLIM_INFINITY else soft


def connection_limit(files: int) -> int:
    """How many WebSocket connections that many files allow, leaving some for everything else."""
    return max(files - RESERVED_FILES, files // 2)


def http_connection_limit(files: int) -> int:
    """How many HTTP connections that many files allow: most of what is left."""
    return int((files - connection_limit(files)) * HTTP_SHARE)


def reachable(host: str) -> str:
    """The host to put into a URL for an address that a server is bound to."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_events=settings.inbox_max_events,
        max_age=settings.inbox_max_age,
        device_max_idle=settings.device_max_idle,
    )
