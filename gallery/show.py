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

__all__ = ["Resumption", "cards", "cut", "drawing", "picture", "side_by_side", "table", "watch"]

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
    aim: int = 0  # results that will have been found in the end
    begun: bool = False
    guess: float = 0.0  # how many seconds it takes, before anything is known

    def begin(self, work: Generator[T], total: int = 0) -> None:
        """Start from the beginning."""
        self.end()
        self.found, self.running, self.seconds, self.aim = [], work, 0.0, total
        self.begun = True

    def resume(self, work: Generator[T], total: int) -> None:
        """Go on where it stands."""
        self.end()
        self.running, self.aim = work, len(self.found) + total

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


@dataclass(frozen=True, eq=False)
class Resumption(Generic[T]):
    """How long work goes on after it has ended or was stopped."""

    label: str  # of the button
    make: Callable[[T], Generator[T]]  # starts from the last result
    total: int  # how many results more it will yield


def watch(
    key: str,
    settings: object,
    stage: str,
    make: Callable[[], Generator[T]],
    total: int,
    draw: Callable[[list[T]], None],
    preview: bool = False,
    resume: "Resumption[T] | None" = None,
    at_once: float | None = None,
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
        resume: How it goes on from its last result, where it can.
        at_once: Begin without being asked to; the button comes when it was stopped. About how many
            seconds it will take.

    Returns:
        The results: all, some (stopped), or none (not started yet).
    """
    labels = current().shared.labels
    store = f"_watch-{current().demo.name}-{key}"
    work = _kept(store, settings)
    if at_once is not None and not work.begun:
        work.begin(make(), total)
        work.guess = at_once
    with st.container(horizontal=True):
        name = labels.go_on if work.found else labels.start
        is_stopped = work.running is None and len(work.found) < work.aim
        if (is_stopped or at_once is None) and st.button(
            name, icon=":material/play_arrow:", type="primary", key=f"{store}-start"
        ):
            work.begin(make(), total)
        if resume is not None:
            _offer_more(work, resume, f"{store}-resume")
    if work.running is not None:
        _say_progress(st.empty(), work, stage)
        stop = ":material/stop:"
        st.button(labels.stop, icon=stop, key=f"{store}-stop", on_click=work.end)
    if work.found and not (preview and work.running is None):
        draw(work.found)
    if work.running is not None:
        work.advance()
        in_section = getattr(get_script_run_ctx(), "fragment_ids_this_run", None)
        st.rerun(scope="fragment" if in_section else "app")
    if 0 < len(work.found) < work.aim:
        st.caption(labels.stopped(step=len(work.found), total=work.aim))
    return work.found


def _offer_more(work: _Work[T], resume: Resumption[T], key: str) -> None:
    """A button that goes on, where there is something to go on from."""
    rests = bool(work.found) and work.running is None
    if rests and st.button(resume.label, icon=":material/skip_next:", key=key):
        work.resume(resume.make(work.found[-1]), resume.total)


def _kept(store: str, settings: object) -> _Work[Any]:
    work = st.session_state.get(store)
    if work is not None and work.settings == settings:
        return cast("_Work[Any]", work)
    if work is not None:
        work.end()
    work = st.session_state[store] = _Work(settings)
    return work


def _say_progress(place: Any, work: _Work[Any], stage: str) -> None:
    labels, step, total = current().shared.labels, len(work.found), work.aim
    left = round(work.seconds / step * (total - step) if step else work.guess)
    text = labels.stage(stage=stage, step=step, total=total, seconds=left)
    place.progress(min(1.0, step / total), text)
