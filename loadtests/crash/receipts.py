"""Receipts, held against what devices saw: asked for at the end, when all acks have arrived."""

import asyncio
from typing import Final

import msgspec
from aiohttp import ClientError, ClientSession

from loadtests.crash.entries import Receipted
from loadtests.crash.stage import Stage
from loadtests.stamp import Message
from notifyctl.wire import Receipt

MOST: Final = 200
# Acks are stored a moment after they came.
PATIENCE_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.1


async def check_receipts(stage: Stage) -> None:
    """Ask for the receipts of some messages, the same ones in each run of this history."""
    books = stage.history.books
    known = sorted(books.events)
    chosen = stage.chance("receipts").sample(known, min(MOST, len(known)))
    deadline = stage.history.seconds + PATIENCE_SECONDS
    token = stage.token("operator", "admin")
    async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        for message in chosen:
            url = f"{stage.http_url}/v1/notifications/{books.events[message]}"
            devices = books.devices_of(message.to)
            receipt = await _receipt(http, url)
            while _lacks(receipt, devices) and stage.history.seconds < deadline:
                await asyncio.sleep(POLL_SECONDS)
                receipt = await _receipt(http, url)
            _note(stage, message, receipt)


async def _receipt(http: ClientSession, url: str) -> Receipt | int:
    """The receipt, or the status that came in its place; 0 is no answer."""
    try:
        async with http.get(url) as answer:
            if answer.status != 200:
                return answer.status
            return msgspec.json.decode(await answer.read(), type=Receipt)
    except ClientError:
        return 0


def _lacks(receipt: Receipt | int, devices: set[str]) -> bool:
    return isinstance(receipt, int) or not devices <= set(receipt.devices or ())


def _note(stage: Stage, message: Message, receipt: Receipt | int) -> None:
    if isinstance(receipt, int):
        text = f"{message} has no receipt (status {receipt})"
        stage.history.books.breach("no receipt", text, message)
        return
    stage.note(
        Receipted(
            message=message,
            place=receipt.seq,
            id=receipt.id,
            devices=sorted(receipt.devices or ()),
        )
    )
