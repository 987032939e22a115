"""Both doors in one process: the pages at ``/``, the API with its tools at ``/gradio``.

    uvicorn app:app

``/health`` says that the server answers and whether torch is warm; ``/_stcore/health`` is
Streamlit's own. What goes wrong unforeseen ends in one log line with an id (``gallery.incident``).
"""

from pathlib import Path

import gradio as gr
import streamlit as st
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import api
from gallery import warmth
from gallery.api.boundary import language_of
from gallery.incident import log_to_stderr, report
from gallery.words import shared

__all__ = ["app"]

HOME = Path(__file__).with_name("Home.py")


def _apologise_on_page(error: Exception) -> bool:
    """Show an apology where a script, not a page's own boundary, failed."""
    st.error(shared(language_of(st.context)).labels["apology"](id=report(error, "script")))
    return True


async def _apologise(request: Request, error: Exception) -> PlainTextResponse:
    words = shared(language_of(request)).labels["apology"]
    return PlainTextResponse(words(id=report(error, "http")), status_code=500)


class _OwnAddress:
    """Tells the MCP tools where this server really listens, whatever a caller's Host says."""

    def __init__(self, app: ASGIApp, door: gr.Blocks, path: str) -> None:
        self.app = app
        self.door = door
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        server = self.door.mcp_server_obj
        host, port = scope.get("server") or (None, None)
        if server is not None and server.local_url is None and host and port:
            name = f"[{host}]" if ":" in host else host
            server._local_url = f"http://{name}:{port}{self.path}/"
        await self.app(scope, receive, send)


def _compose() -> FastAPI:
    log_to_stderr()
    pages = st.App(HOME, on_script_error=_apologise_on_page)
    both = FastAPI(lifespan=pages.lifespan(), openapi_url=None)
    both.add_exception_handler(Exception, _apologise)

    @both.get("/health")
    def health() -> dict[str, object]:
        return {"status": "ok", "warm": warmth.is_warm()}

    door = api.build()
    gr.mount_gradio_app(both, door, "/gradio", i18n=api.translations(), **api.SERVING)
    door.has_launched = True  # or gradio would not check which files a call may name
    api.teach_mcp(door.mcp_server_obj)
    both.add_middleware(_OwnAddress, door=door, path="/gradio")
    both.mount("/", pages)
    warmth.begin()
    return both


app = _compose()
