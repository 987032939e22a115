"""How results are put on a page: figures with their table twins, pictures with their words."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Generic, TypeVar, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gallery.figures import Drawing
from gallery.frame import current
from models._images import Pixels

__all__ = ["cards", "cut", "drawing", "picture", "side_by_side", "table", "watch"]

T = TypeVar("T")
ROWS = 200  # of a table twin
SLICE = 0.5  # seconds of long work between two looks at the stop button


def drawing(drawn: Drawing, key: str | None = None) -> None:
    """A figure, readable in both themes, with its heading over it and its table under it."""
    if drawn.title:
        st.markdown(f"**{drawn.title}**")
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


def cut(kept: int, left: int) -> None:
    """Say that a text was too long for the network, where it was.

    Args:
        kept: Tokens that were read.
        left: Tokens at the end that were not.
    """
    if left:
        labels = current().shared.labels
        st.caption(f":material/content_cut: {labels.text_cut(kept=kept, left=left)}")


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


@dataclass(eq=False)
class _Work(Generic[T]):
    """Long work of one visitor, between two slices of it."""

    settings: object
    found: list[T] = field(default_factory=list)
    running: Generator[T] | None = None
    seconds: float = 0.0

    def begin(self, work: Generator[T]) -> None:
        """Start from the beginning."""
        self.end()
        self.found, self.running, self.seconds = [], work, 0.0

    def end(self) -> None:
        """Let go of the work; what was found is kept."""
        if self.running is not None:
            self.running.close()
        self.running = None

    def advance(self) -> None:
        """Go on for a moment."""
        start = monotonic()
        while self.running is not None and monotonic() - start < SLICE:
            try:
                self.found.append(next(self.running))
            except StopIteration:
                self.running = None
        self.seconds += monotonic() - start


def watch(
    key: str,
    settings: object,
    stage: str,
    make: Callable[[], Generator[T]],
    total: int,
    draw: Callable[[list[T]], None],
    preview: bool = False,
) -> list[T]:
    """Run long work while the visitor looks on; a button stops it within a moment.

    Streamlit lets nothing that is pressed inside a section interrupt the section. So the work is
    done in slices, each in a run of its own, and the button is read between two of them.

    Args:
        key: Name of the work on this page.
        settings: What it depends on; other settings need a new start.
        stage: What it is called.
        make: Starts the generator that does it.
        total: How many results it will yield.
        draw: Draws what there is so far.
        preview: Draw only while it runs, where the page shows the results in another way.

    Returns:
        The results: all, some (stopped), or none (not started yet).
    """
    labels = current().shared.labels
    store = f"_watch-{current().demo.name}-{key}"
    work = _kept(store, settings)
    name = labels.go_on if work.found else labels.start
    if st.button(name, icon=":material/play_arrow:", type="primary", key=f"{store}-start"):
        work.begin(make())
    if work.running is not None:
        progress, stop = st.empty(), st.empty()
        if stop.button(labels.stop, icon=":material/stop:", key=f"{store}-stop"):
            work.end()
            stop.empty()
        else:
            _say_progress(progress, work, stage, total)
    if work.found and not (preview and work.running is None):
        draw(work.found)
    if work.running is not None:
        work.advance()
        in_section = getattr(get_script_run_ctx(), "fragment_ids_this_run", None)
        st.rerun(scope="fragment" if in_section else "app")
    if 0 < len(work.found) < total:
        st.caption(labels.stopped(step=len(work.found), total=total))
    return work.found


def _kept(store: str, settings: object) -> _Work[Any]:
    work = st.session_state.get(store)
    if work is not None and work.settings == settings:
        return cast("_Work[Any]", work)
    if work is not None:
        work.end()
    work = st.session_state[store] = _Work(settings)
    return work


def _say_progress(place: Any, work: _Work[Any], stage: str, total: int) -> None:
    labels, step = current().shared.labels, len(work.found)
    left = round(work.seconds / max(1, step) * (total - step))
    text = labels.stage(stage=stage, step=step, total=total, seconds=left)
    place.progress(min(1.0, step / total), text)
