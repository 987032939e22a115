"""How much a caller may send at once: a picture, with room for the form it comes in.

Every refusal for size, gradio's own included, is said in our words and in the caller's language.
"""

from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gallery.api.language import language_of
from gallery.words import sentence
from models._errors import InputError
from models._images import MAXIMUM_BYTES

__all__ = ["LARGEST_BODY", "LARGEST_UPLOAD", "BodyLimit"]

LARGEST_BODY = MAXIMUM_BYTES + MAXIMUM_BYTES // 2  # a picture of 10 MB as base64
LARGEST_UPLOAD = 4 * MAXIMUM_BYTES  # several files; gradio holds each to its own limit
TOO_LARGE = 413


@dataclass
class _Exchange:
    """One request: what came in, and whether its answer has begun."""

    limit: int
    taken: int = 0  # bytes
    answered: bool = False
    refused: bool = False


class BodyLimit:
    """Middleware that counts what comes in, and stops reading where no honest call goes on."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_upload = str(scope["path"]).rstrip("/").endswith("/upload")
        exchange = _Exchange(LARGEST_UPLOAD if is_upload else LARGEST_BODY)
        length = Request(scope).headers.get("content-length", "")
        if length.isdigit() and int(length) > exchange.limit:
            exchange.taken = int(length)
            await _refuse(exchange, scope, receive, send)
            return
        try:
            await self.app(scope, _counting(exchange, receive), _watching(exchange, scope, send))
        except ClientDisconnect:
            if exchange.taken <= exchange.limit:
                raise
            await _refuse(exchange, scope, receive, send)


def _counting(exchange: _Exchange, receive: Receive) -> Receive:
    async def count() -> Message:
        message = await receive()
        exchange.taken += len(message.get("body", b""))
        if exchange.taken > exchange.limit:  # no length was announced, or a false one
            return {"type": "http.disconnect"}
        return message

    return count


def _watching(exchange: _Exchange, scope: Scope, send: Send) -> Send:
    async def watch(message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == TOO_LARGE or exchange.taken > exchange.limit:
                await _refuse(exchange, scope, _nothing, send)
            exchange.answered = True
        if not exchange.refused:
            await send(message)

    return watch


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _refuse(exchange: _Exchange, scope: Scope, receive: Receive, send: Send) -> None:
    if exchange.answered:
        return
    exchange.answered = exchange.refused = True
    megabytes = round(exchange.taken / 2**20, 1)
    error = InputError("photo_too_large", megabytes=megabytes, limit=MAXIMUM_BYTES // 2**20)
    words = sentence(error, language_of(Request(scope)))
    await PlainTextResponse(words, status_code=TOO_LARGE)(scope, receive, send)
