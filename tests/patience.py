"""Limits of time that hold on a machine which has other things to do as well.

with within(5):
    load(spec)  # of a hub that is away
"""

import contextlib
import threading
import time
from collections.abc import Iterator

__all__ = ["within"]

NAP = 0.01  # seconds


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where what is done here takes longer than it may where nothing else runs.

    Beside it a thread takes nap after nap. By how much they all last too long, this process had
    to wait for others, and that is not counted.
    """
    done, lost = threading.Event(), [0.0]

    def doze() -> None:
        while not done.is_set():
            began = time.monotonic()
            time.sleep(NAP)
            lost[0] += time.monotonic() - began - NAP

    dozing = threading.Thread(target=doze, daemon=True)
    dozing.start()
    began = time.monotonic()
    try:
        yield
        taken = time.monotonic() - began
    finally:
        done.set()
        dozing.join()
    assert taken - lost[0] < seconds, f"{taken:.1f} s, of which others took {lost[0]:.1f} s"
