"""Have torch and the embedded networks ready before the first visitor asks for them."""

import ast
import importlib
import os
import threading
import time

from gallery.demos import Demo, demos
from gallery.incident import report

__all__ = ["begin", "bring", "bring_page", "importing", "is_warm"]

AFTER = 1.0  # seconds; the first visitor's page comes first

importing = threading.RLock()  # held by who imports a library that others import as well

_begun = threading.Lock()
_brought: set[str] = set()  # demos and pages whose libraries are there, by name and address
_warm = threading.Event()


def begin() -> None:
    """Warm up in the background, once a process, unless ``GALLERY_WARM_UP=off``."""
    if os.environ.get("GALLERY_WARM_UP") != "off" and _begun.acquire(blocking=False):
        threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def bring(demo: Demo) -> None:
    """Import what a demo computes with, unless another thread is at it: then wait.

    Of two threads that import one library at once, one from its root and the other from within,
    Python hands one a module that is half done, and a visitor would read an apology.
    """
    if demo.name not in _brought:
        with importing:
            importlib.import_module(f"models.{demo.name}")
        _brought.add(demo.name)


def bring_page(demo: Demo) -> None:
    """Import whatever a page imports, unless another thread is at it: then wait."""
    bring(demo)
    if demo.url_path not in _brought:
        with importing:
            importlib.import_module("pandas")  # Streamlit and plotly use it as soon as it is named
            tree = ast.parse(demo.page.read_text("utf-8"))
            lines: list[ast.stmt] = [
                node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
            ]
            exec(compile(ast.Module(lines, []), str(demo.page), "exec"), {})
        _brought.add(demo.url_path)


def is_warm() -> bool:
    """Whether everything embedded is open."""
    return _warm.is_set()


def _warm_up() -> None:
    time.sleep(AFTER)
    try:
        from models._load import load

        for demo in demos():
            bring(demo)
            models = getattr(importlib.import_module(f"models.{demo.name}"), "MODELS", ())
            for model in models[:1]:
                load(getattr(model, "spec", model))
    except Exception as error:
        report(error, "warm-up")
    _warm.set()
