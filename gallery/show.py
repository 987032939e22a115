"""How results are put on a page: figures with their table twins, pictures with their words."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from time import monotonic
from typing import Any, TypeVar

import streamlit as st

from gallery.figures import Drawing
from gallery.frame import current
from models._images import Pixels

__all__ = ["cards", "drawing", "picture", "side_by_side", "table", "watch"]

T = TypeVar("T")
ROWS = 200  # of a table twin


def drawing(drawn: Drawing, key: str | None = None) -> None:
    """A figure, readable in both themes, with its table under it."""
    st.plotly_chart(
        drawn.figure,
        alt=drawn.alt,
        key=key,
        width="stretch",
        config={"displaylogo": False, "scrollZoom": False},
    )
    if drawn.table:
        with st.expander(current().shared.labels.table_twin, icon=":material/table_rows:"):
            table(drawn.table)


def table(columns: Mapping[str, Sequence[Any]]) -> None:
    """Columns of numbers and words; long ones are cut, and that is said."""
    total = len(next(iter(columns.values()), ()))
    st.dataframe({name: list(column)[:ROWS] for name, column in columns.items()}, hide_index=True)
    if total > ROWS:
        st.caption(current().shared.labels.table_cut(rows=ROWS, total=total))


def picture(pixels: Pixels, caption: str, alt: str, width: int | None = None) -> None:
    """A picture, as wide as its place unless told otherwise."""
    st.image(pixels, caption=caption, alt=alt, width=width or "stretch")


def side_by_side(*parts: Callable[[], None]) -> None:
    """Draw parts next to each other; below each other where the window is narrow."""
    for column, part in zip(st.columns(len(parts)), parts, strict=True):
        with column:
            part()


@contextmanager
def cards(title: str) -> Iterator[None]:
    """A hairline card with a heading."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        yield


def watch(
    key: str,
    settings: object,
    stage: str,
    make: Callable[[], Generator[T]],
    total: int,
    draw: Callable[[list[T]], None],
) -> list[T]:
    """Run long work while the visitor looks on; a button stops it within a step.

    Args:
        key: Name of the work on this page.
        settings: What it depends on; other settings need a new start.
        stage: What it is called.
        make: Starts the generator that does it.
        total: How many results it will yield.
        draw: Draws what there is so far.

    Returns:
        The results so far: all, some (stopped), or none (not started yet).
    """
    labels = current().shared.labels
    store = f"_watch-{current().demo.name}-{key}"
    kept = st.session_state.get(store)
    if kept is None or kept[0] != settings:
        kept = (settings, [])
    found: list[T] = kept[1]
    pressed = st.button(
        labels.go_on if found else labels.start,
        icon=":material/play_arrow:",
        type="primary",
        key=f"{store}-start",
    )
    place = st.empty()
    if pressed:
        found = []
        st.session_state[store] = (settings, found)
        _run(stage, make, total, draw, found, place, store)
    with place.container():
        if found:
            draw(found)
        if found and len(found) < total:
            st.caption(labels.stopped(step=len(found), total=total))
    return found


def _run(
    stage: str,
    make: Callable[[], Generator[T]],
    total: int,
    draw: Callable[[list[T]], None],
    found: list[T],
    place: Any,
    store: str,
) -> None:
    """Each call of streamlit below ends the run when the visitor has pressed something."""
    labels = current().shared.labels
    progress = st.progress(0.0)
    stop = st.empty()
    stop.button(labels.stop, icon=":material/stop:", key=f"{store}-stop")
    start = shown = monotonic()
    with closing(make()) as work:
        for step, result in enumerate(work, 1):
            found.append(result)
            left = round((monotonic() - start) / step * (total - step))
            progress.progress(
                min(1.0, step / total),
                labels.stage(stage=stage, step=step, total=total, seconds=left),
            )
            if monotonic() - shown > 0.4 and step < total:
                with place.container():
                    draw(found)
                shown = monotonic()
    progress.empty()
    stop.empty()
