"""Bring weights from elsewhere to the disk, and say within five seconds if that cannot be done.

A download runs in a thread of its own while the caller watches it. It may take as long as it needs,
but once it stands still the caller is told so, and the thread is left to end by itself.
"""

import hashlib
import http.client
import logging
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path

from models._errors import HubUnavailable
from models._shelf import Progress

__all__ = ["CHUNK", "PATIENCE", "Transfer", "sha256", "start", "torchvision_file", "watched"]

PATIENCE = 3.5  # seconds without progress; what comes before and after makes it five at most
LEAST = 64 * 1024  # bytes in that time that count as progress
CHUNK = 128 * 1024  # bytes
POLL_SECONDS = 0.1

_log = logging.getLogger(__name__)


class _AbandonedError(Exception):
    """Nobody waits for this download any more."""


class Transfer:
    """What a download tells those who wait for it, and how they stop it."""

    def __init__(self) -> None:
        self.done = self.total = 0  # bytes
        self.stopped = threading.Event()
        self._lock = threading.Lock()

    def expect(self, count: int) -> None:
        """Note that so many bytes more are to come."""
        with self._lock:
            self.total += count

    def add(self, count: int) -> None:
        """Note that so many bytes came (negative: they have to come again)."""
        if self.stopped.is_set():
            raise _AbandonedError
        with self._lock:
            self.done += count


def start(work: Callable[[], Path]) -> Future[Path]:
    """Run some work in a thread that does not keep the process alive."""
    outcome: Future[Path] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome


def watched(title: str, work: Callable[[Transfer], Path], progress: Progress) -> Path:
    """Wait for a download as long as it moves.

    Args:
        title: What the visitor knows the network by.
        work: Does the download, telling the ``Transfer`` about every piece.
        progress: Called in this thread with (bytes so far, bytes in all).

    Raises:
        HubUnavailable: It failed, or stood still for ``PATIENCE``.
    """
    transfer = Transfer()
    outcome = start(lambda: work(transfer))
    seen, seen_at = 0, time.monotonic()
    try:
        while not wait([outcome], POLL_SECONDS).done:
            if transfer.done:
                progress(transfer.done, transfer.total)
            if transfer.done >= seen + LEAST:  # more than ever before: a retry is no progress
                seen, seen_at = transfer.done, time.monotonic()
            if time.monotonic() - seen_at > PATIENCE:
                raise HubUnavailable(
                    "hub_slow" if transfer.done else "hub_unavailable", model=title
                )
    finally:
        transfer.stopped.set()
    error = outcome.exception()
    if error is not None:
        _log.warning("%s could not be fetched: %r", title, error)
        raise HubUnavailable(_code_of(error), model=title) from error
    progress(transfer.done, transfer.done)
    return outcome.result()


def _code_of(error: BaseException) -> str:
    if isinstance(error, HubUnavailable):
        return error.code
    if isinstance(error, urllib.error.HTTPError) and error.code in {401, 403, 404, 410}:
        return "hub_missing"
    if isinstance(error, http.client.IncompleteRead | ConnectionResetError):
        return "hub_cut"
    return "hub_unavailable"


def torchvision_file(title: str, url: str, progress: Progress) -> Path:
    """Have one of torchvision's files in torch's own cache, with the hash that its name holds.

    Args:
        title: What the visitor knows the network by.
        url: Where it is, ``.../resnet18-f37072fd.pth``: the digits begin its SHA-256.
        progress: Called in this thread with (bytes so far, bytes in all).

    Raises:
        HubUnavailable: It cannot be had within reason.
    """
    import torch

    name = url.rsplit("/", 1)[1]
    target = Path(torch.hub.get_dir()) / "checkpoints" / name
    digits = name.rsplit("-", 1)[-1].split(".")[0]
    if target.exists() and sha256(target).startswith(digits):
        return target
    return watched(title, lambda transfer: _download(url, target, digits, transfer), progress)


def _download(url: str, target: Path, digits: str, transfer: Transfer) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{uuid.uuid4().hex}.partial")
    try:
        with _ask(url) as answer, partial.open("wb") as file:
            transfer.expect(int(answer.headers.get("Content-Length") or 0))
            while chunk := answer.read1(CHUNK):
                transfer.add(len(chunk))
                file.write(chunk)
        if transfer.done < transfer.total:
            raise HubUnavailable("hub_cut")
        if not sha256(partial).startswith(digits):
            raise HubUnavailable("hub_corrupt")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _ask(url: str) -> http.client.HTTPResponse:
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(url, timeout=2 * PATIENCE)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise
    return answer


def sha256(file: Path) -> str:
    """Hash a file's content."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
