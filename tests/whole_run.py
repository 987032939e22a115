"""One run of tests, in however many processes: what the first to ask starts for all of them."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["once", "whole_run"]

FOLDER = "GALLERY_TEST_RUN"  # in the environment: what the processes of one run share


@contextlib.contextmanager
def whole_run() -> Iterator[None]:
    """Lead a run; the processes that ``once`` started end with it."""
    folder = Path(tempfile.mkdtemp(prefix="gallery-tests-"))
    os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        for told in folder.glob("*.json"):
            _end(json.loads(told.read_text("utf-8"))["process"])
        shutil.rmtree(folder)


def once(name: str, start: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """What ``start`` told of the process that it started, by whichever worker of this run.

    Args:
        name: What is started.
        start: Takes a path to log to; tells JSON with the ``process`` that has to end one day.
    """
    folder = Path(os.environ[FOLDER])
    told = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(json.dumps(start(folder / f"{name}.log")), "utf-8")
    answer: dict[str, Any] = json.loads(told.read_text("utf-8"))
    return answer


def _end(process: int) -> None:
    """Ask a child of this process or of a worker that is gone to end, and make it."""
    limit = time.monotonic() + 10
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
        while time.monotonic() < limit:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
            os.kill(process, 0)
            time.sleep(0.05)
        os.kill(process, signal.SIGKILL)
