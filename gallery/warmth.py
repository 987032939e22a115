"""Have torch and the embedded networks ready before the first visitor asks for them."""

import importlib
import os
import threading
import time

from gallery.demos import demos
from gallery.incident import report

__all__ = ["begin", "is_warm"]

AFTER = 1.0  # seconds; the first visitor's page comes first

_begun = threading.Lock()
_warm = threading.Event()


def begin() -> None:
    """Warm up in the background, once a process, unless ``GALLERY_WARM_UP=off``."""
    if os.environ.get("GALLERY_WARM_UP") != "off" and _begun.acquire(blocking=False):
        threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def is_warm() -> bool:
    """Whether everything embedded is open."""
    return _warm.is_set()


def _warm_up() -> None:
    time.sleep(AFTER)
    try:
        from models._load import load

        for demo in demos():
            models = getattr(importlib.import_module(f"models.{demo.name}"), "MODELS", ())
            for model in models[:1]:
                load(getattr(model, "spec", model))
    except Exception as error:
        report(error, "warm-up")
    _warm.set()
