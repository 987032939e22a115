"""A page that is run again and again keeps its memory."""

import contextlib
import itertools

import pytest

from gallery.demos import demos
from tests.serving import STREAMLIT, Session, serve

RERUNS = 300
WARMING = 40  # reruns until caches and allocators have found their size
GROWTH = 15.0  # megabytes; one photo or figure kept per rerun would come to 200 and more


@pytest.mark.slow
def test_memory_stays_flat_over_reruns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALLERY_WARM_UP", "off")  # torch coming in behind would be counted
    demo = next(demo for demo in demos() if demo.name == "edge_filters")
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serve(STREAMLIT))
        visitors = {
            f"section={section}": stack.enter_context(Session(server.url, demo.url_path))
            for section in demo.en.sections
        }
        turns = itertools.cycle(visitors.items())
        for query, visitor in itertools.islice(turns, WARMING):
            visitor.rerun(query)
        before = server.memory()
        for query, visitor in itertools.islice(turns, RERUNS):
            visitor.rerun(query)
        assert server.memory() - before < GROWTH
