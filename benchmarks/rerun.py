"""A rerun of demo 21 against a rerun of an empty page, as one visitor's session sees it.

python -m benchmarks.rerun
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from tests.serving import ROOT, STREAMLIT, Session, serve

ROUNDS = 40
EMPTY = 'import streamlit as st\n\nst.title("Empty")\n'


def main() -> None:
    """Rerun both in turns, and print medians and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Home.py").write_text(EMPTY, "utf-8")
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        with (
            serve(STREAMLIT, folder) as peer,
            serve(STREAMLIT) as ours,
            Session(peer.url) as empty,
            Session(ours.url, "Edge_Filters") as demo,
        ):
            for session in (empty, demo) * 5:  # the first runs load what later ones keep
                session.rerun()
            pairs = [(empty.rerun(), demo.rerun()) for _ in range(ROUNDS)]
    empty_seconds, demo_seconds = map(statistics.median, zip(*pairs, strict=True))
    ratio = demo_seconds / empty_seconds
    print(
        f"rerun: empty page {empty_seconds * 1000:.0f} ms, "
        f"Edge Filters {demo_seconds * 1000:.0f} ms, ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
