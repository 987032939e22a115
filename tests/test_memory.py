"""A page that is run again and again keeps its memory."""

import itertools

import pytest

from tests.serving import STREAMLIT, Session, serve

RERUNS = 300
GROWTH = 15.0  # megabytes that 300 reruns may add; one photo kept per rerun would add 200 and more


@pytest.mark.slow
def test_memory_stays_flat_over_reruns() -> None:
    sections = itertools.cycle(["section=response", "section=canny", "section=numbers"])
    with serve(STREAMLIT) as server, Session(server.url, "Edge_Filters") as session:
        for query in itertools.islice(sections, 45):  # caches fill, allocators find their size
            session.rerun(query)
        before = server.memory()
        for query in itertools.islice(sections, RERUNS):
            session.rerun(query)
        assert server.memory() - before < GROWTH
