"""The frame of a page: title, language, sections, error boundary, strip, take-away, source.

    with open_page(__file__) as page:
        photo = controls.photo(sample="brick")

        @page.section("response")
        def response() -> TakeAway:
            ...

Everything a page gives its visitor whatever it shows stands here, once.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gallery import address, closing, doorstep, margin
from gallery.demos import Control, Demo, DemoError, Language, Text, Words, demo_of
from gallery.frame import Frame, current, enter
from gallery.incident import report
from gallery.language import choose_language, current_language
from gallery.navigation import dress
from gallery.takeaway import TakeAway
from gallery.words import sentence
from models._errors import GalleryError, WeightsError
from models._gate import listening, measuring
from models._load import spare_the_collector, watching

__all__ = ["Page", "open_page"]

ALWAYS = frozenset({"lang", "section"})
NETWORKS = frozenset({"model", "describer"})  # controls that choose a network
SECTION_NAMES = "_section_names"  # names in the address that the open section stands for


@dataclass(frozen=True)
class Page:
    """What a page file works with."""

    frame: Frame
    chosen: str

    @property
    def language(self) -> Language:
        """The language of this run."""
        return self.frame.language

    @property
    def words(self) -> Words[Text]:
        """The page's own sentences."""
        return self.frame.words

    @property
    def controls(self) -> Words[Control]:
        """The words of the page's controls."""
        return self.frame.controls

    def section(self, key: str) -> Callable[[Callable[[], TakeAway | None]], None]:
        """Declare one thing to see; only the chosen one computes, and it reruns alone."""
        if key not in self.frame.worded.sections:
            raise DemoError(f"{self.frame.demo.page.name}: section '{key}' has no words")

        def declare(draw: Callable[[], TakeAway | None]) -> None:
            if key == self.chosen:
                st.fragment(lambda: _draw_section(key, draw))()

        return declare


@contextmanager
def open_page(file: str) -> Iterator[Page]:
    """Open the page of a demo: what is drawn inside stands in its main column.

    Args:
        file: The page's own ``__file__``.
    """
    demo = demo_of(Path(file))
    doorstep.send_back()
    if _runs_alone(demo):
        dress(demo.worded(current_language()).title, current_language())
        choose_language()
    frame = Frame(demo, current_language())
    enter(frame)
    words = frame.worded
    st.title(f"{demo.icon} {words.title}", anchor=False)
    st.markdown(words.summary)
    chosen = _choose_section(frame)
    main, side = st.columns([3, 1], gap="large")
    with main, _boundary():
        yield Page(frame, chosen)
    with side:
        margin.draw(frame)
    closing.draw_source(frame)
    address.forget_unseen(ALWAYS)
    address.follow_nothing()
    _settle_down(demo.name)


@functools.cache
def _settle_down(name: str) -> None:
    """Once a demo has run and imported all it needs, later reruns need not walk over that."""
    spare_the_collector()


def _runs_alone(demo: Demo) -> bool:
    context = get_script_run_ctx()
    return context is None or Path(context.main_script_path).stem == demo.page.stem


def _choose_section(frame: Frame) -> str:
    sections = frame.worded.sections
    first = next(iter(sections))
    widget = address.settle(frame.demo.name, "section", first, {key: key for key in sections}.get)
    chosen = st.segmented_control(
        frame.shared.labels.section,
        list(sections),
        key=widget,
        required=True,
        format_func=lambda key: sections[key].title,
        label_visibility="collapsed",
    )
    return str(address.hold(frame.demo.name, "section", first, chosen))


def _draw_section(key: str, draw: Callable[[], TakeAway | None]) -> None:
    frame = current()
    words = frame.worded.sections[key]
    st.markdown(words.lead)
    waiting = st.empty()
    start = perf_counter()
    taken = None
    with (
        _boundary(),
        address.group(SECTION_NAMES),
        listening(lambda place: _say_place(waiting, place)),
        watching(lambda done, total: _say_loaded(waiting, done, total)),
        measuring() as watch,
    ):
        taken = draw()
    address.follow_nothing()  # a button of the section reruns it alone: let its controls go again
    if taken is not None:
        closing.draw_strip(frame, taken, watch, (perf_counter() - start) * 1000)
        closing.draw_take_away(frame, taken)
    st.markdown(words.explain)


def _say_place(waiting: "st.delta_generator.DeltaGenerator", place: int) -> None:
    labels = current().shared.labels
    if place == 0:
        waiting.empty()
    elif place == 1:
        waiting.info(labels.queue_next, icon=":material/hourglass_top:")
    else:
        waiting.info(labels.queue_place(place=place), icon=":material/hourglass_top:")


def _say_loaded(waiting: "st.delta_generator.DeltaGenerator", done: int, total: int) -> None:
    labels = current().shared.labels
    if done >= total:
        waiting.empty()
    else:
        size = {"done": f"{done / 1e6:.0f}", "total": f"{total / 1e6:.0f}"}
        waiting.progress(done / total, labels.loading(**size))


@contextmanager
def _boundary() -> Iterator[None]:
    """Turn what goes wrong into a sentence; the rest of the page stands."""
    frame = current()
    try:
        yield
    except GalleryError as error:
        st.warning(sentence(error, frame.language), icon=":material/info:")
        if isinstance(error, WeightsError):
            asked = st.query_params.to_dict()
            query = {key: value for key, value in asked.items() if key not in NETWORKS}
            st.button(frame.shared.labels.use_embedded, on_click=address.follow, args=(query,))
    except Exception as error:
        incident = report(error, frame.demo.name)
        st.error(frame.shared.labels.apology(id=incident), icon=":material/error:")
        st.button(frame.shared.labels.fresh_start, on_click=address.follow, args=({},))
