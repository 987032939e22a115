"""Both doors in one process: the pages at ``/``, the API with its tools at ``/gradio``.

    uvicorn app:app

The pages answer at once. Gradio, torch and the embedded networks are opened behind them, so a
caller of ``/gradio`` may wait for seconds after a start. ``/health`` says how far that is;
``/_stcore/health`` is Streamlit's own. What goes wrong unforeseen ends in one log line with an id.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gallery import warmth
from gallery.api.language import language_of
from gallery.demos import demos
from gallery.incident import log_to_stderr, report
from gallery.words import shared

__all__ = ["app"]

HOME = Path(__file__).with_name("Home.py")
PATH = "/gradio"
OPEN_AFTER = 1.0  # seconds; the first visitor's page comes first


class SecondDoor:
    """The API, opened in the background."""

    def __init__(self) -> None:
        """Stay closed until ``keep_open`` runs."""
        self.tried = asyncio.Event()  # open, or failed to
        self._closing = asyncio.Event()
        self._app: ASGIApp | None = None
        self._door: Any = None
        self._incident = ""

    async def keep_open(self) -> None:
        """Import, build and serve until ``close``."""
        await asyncio.sleep(OPEN_AFTER)
        try:
            app, self._door = await asyncio.to_thread(_build)
            async with app.router.lifespan_context(app):
                self._app = app
                self.tried.set()
                warmth.begin()
                await self._closing.wait()
            _forget_files()
        except Exception as error:
            self._incident = report(error, "second door")
        finally:
            self._app = None
            self.tried.set()

    def close(self) -> None:
        """Let ``keep_open`` come to its end."""
        self._closing.set()

    @property
    def is_open(self) -> bool:
        """Whether calls are answered."""
        return self._app is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call as soon as the door is open."""
        await self.tried.wait()
        if self._app is None:
            words = shared(language_of(Request(scope))).labels["apology"](id=self._incident)
            await PlainTextResponse(words, status_code=503)(scope, receive, send)
            return
        self._tell_tools_where_they_are(scope)
        await self._app(scope, receive, send)

    def _tell_tools_where_they_are(self, scope: Scope) -> None:
        """MCP tools call this server over HTTP, and must not trust a caller's Host for it."""
        tools = self._door.mcp_server_obj
        host, port = scope.get("server") or (None, None)
        if tools.local_url is None and host and port:
            name = f"[{host}]" if ":" in host else host
            tools._local_url = f"http://{name}:{port}{PATH}/"


def _build() -> tuple[Any, Any]:
    """Import gradio and the demos, which takes longer than a page, and mount the API."""
    for demo in demos():
        warmth.bring(demo)
    with warmth.importing:
        import gradio as gr
        from fastapi import FastAPI

        import api

    door = api.build()
    app = FastAPI(openapi_url=None, exception_handlers={Exception: _apologise})
    gr.mount_gradio_app(app, door, PATH, i18n=api.translations(), **api.SERVING)
    door.has_launched = True  # or gradio would not check which files a call may name
    api.teach_mcp(door.mcp_server_obj)
    return app, door


def _forget_files() -> None:
    from gallery.api.boundary import forget_files

    forget_files()  # here, for a server that is told to end does not reach ``atexit``


class _Fork:
    """Middleware that sends a request to its door."""

    def __init__(self, app: ASGIApp, second: SecondDoor) -> None:
        self.app = app
        self.second = second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_call = path == PATH or path.startswith(f"{PATH}/")
        await (self.second if is_call else self.app)(scope, receive, send)


def _apologise_on_page(error: Exception) -> bool:
    """Show an apology where a script, not a page's own boundary, failed."""
    st.error(shared(language_of(st.context)).labels["apology"](id=report(error, "script")))
    return True


async def _apologise(request: Request, error: Exception) -> Response:
    words = shared(language_of(request)).labels["apology"]
    return PlainTextResponse(words(id=report(error, "http")), status_code=500)


def _compose() -> st.App:
    log_to_stderr()
    second = SecondDoor()

    @contextlib.asynccontextmanager
    async def live(pages: st.App) -> AsyncIterator[None]:
        opening = asyncio.create_task(second.keep_open())
        yield
        second.close()
        await opening

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "api": second.is_open, "warm": warmth.is_warm()})

    return st.App(
        HOME,
        lifespan=live,
        routes=[Route("/health", health)],
        middleware=[Middleware(_Fork, second=second)],
        on_script_error=_apologise_on_page,
        exception_handlers={Exception: _apologise},
    )


app = _compose()
