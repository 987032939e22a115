"""What a visitor wrote, as long as the session lasts: the last good text, and what was refused.

Nothing here is drawn; ``text_intake`` draws it.
"""

from dataclasses import dataclass

import streamlit as st

from gallery.passage import SECOND, Passage, open_text, own_text, texts
from models._errors import InputError
from models._reading import CHARACTERS

__all__ = ["OWN", "Intake", "Taken", "Written"]

OWN = "own"  # the choice that is no example
KEPT = "_own_texts"  # what the visitor wrote last that can be used, by the name of the control
REFUSED = "_refused_texts"  # what was written last and cannot be used, and why, by its place
DRAWN = "_drawn_texts"  # what the boxes of a place were last filled with, and how often
MENDABLE = 10 * CHARACTERS  # more than that goes back and forth too slowly to be shortened
BOX = "-box-"
FOUND = ("_answers", "_watch-")  # answers.py, show.py: what was computed from it
Written = tuple[str, ...]  # what stands in the boxes; two of them where a second text is taken
Taken = tuple[Passage | None, ...]


@dataclass(frozen=True)
class Intake:
    """One way in for a text, or for two of them."""

    page: str
    name: str
    default: str  # key of an example
    offered: tuple[str, ...]
    boxes: tuple[str, ...]  # their labels
    optional: bool  # whether the second box may stay empty

    @property
    def place(self) -> str:
        """Where it stands: what was refused here is not shown elsewhere."""
        return f"{self.page}.{self.name}"

    def kept(self) -> Written | None:
        """What the visitor wrote, where it fills these boxes."""
        kept: Written | None = st.session_state.get(KEPT, {}).get(self.name)
        if kept is not None and len(kept) < len(self.boxes):
            kept = (*kept, "") if self.optional else None
        return kept[: len(self.boxes)] if kept is not None else None

    def refused(self) -> tuple[Written | None, InputError] | None:
        """What the visitor wrote last, where it cannot be used, and why; ``None``: too much."""
        refused: tuple[Written | None, InputError] | None
        refused = st.session_state.get(REFUSED, {}).get(self.place)
        return refused

    def shown(self, code: str) -> Written:
        """What stands in the boxes: what was refused too, so that it can be mended."""
        refused = self.refused()
        if refused is not None and len(refused[0] or ()) == len(self.boxes):
            return refused[0] or ()
        if code == OWN:
            return self.kept() or ("",) * len(self.boxes)
        entry = texts()[code]
        return (entry.text, entry.pair or "")[: len(self.boxes)]

    def taken(self, code: str) -> Taken:
        """The texts to work on."""
        written = self.kept() if code == OWN else None
        if written is not None:
            return _own(written)
        key = self.default if code == OWN else code
        second = open_text(key + SECOND) if texts()[key].pair is not None else None
        return (open_text(key), second)[: len(self.boxes)]

    def widgets(self, shown: Written) -> Written:
        """The widgets of the boxes: new ones where something else than was typed is to stand there.

        A browser shows the value a widget is made with; one that is set later is lost with every
        run that does not come to its end.
        """
        drawn = st.session_state.setdefault(DRAWN, {})
        before, times = drawn.get(self.place, (shown, 0))
        drawn[self.place] = (shown, times + (before != shown))
        times = drawn[self.place][1]
        return tuple(f"{self.place}{BOX}{number}-{times}" for number in range(len(shown)))

    def take(self, widgets: Written, choice: str) -> None:
        """Take up what the boxes say now; what cannot be used leaves the last good text in place.

        Args:
            widgets: The widgets of the boxes.
            choice: The widget that chooses between the examples and ``OWN``.
        """
        written = tuple(str(st.session_state.get(box) or "") for box in widgets)
        drawn = st.session_state.setdefault(DRAWN, {})
        drawn[self.place] = (written, drawn.get(self.place, ((), 0))[1])
        try:
            if None in _own(written) and not self.optional:
                raise InputError("text_empty")
        except InputError as error:
            is_short = sum(map(len, written)) <= MENDABLE
            refused = (written if is_short else None, error)
            st.session_state.setdefault(REFUSED, {})[self.place] = refused
            return
        self.let_go()
        kept = st.session_state.setdefault(KEPT, {})
        kept[self.name] = (*written, *kept.get(self.name, ())[len(written) :])
        st.session_state[choice] = OWN

    def let_go(self) -> None:
        """Forget what could not be used."""
        st.session_state.get(REFUSED, {}).pop(self.place, None)

    def forget(self, choice: str) -> None:
        """Forget what the visitor wrote, and what was found out about it."""
        st.session_state.get(KEPT, {}).pop(self.name, None)
        self.let_go()
        for place, (_, times) in st.session_state.get(DRAWN, {}).items():
            st.session_state[DRAWN][place] = ((), times)
        for key in [str(key) for key in st.session_state]:
            if key.startswith(FOUND) or BOX in key:
                del st.session_state[key]
        if st.session_state.get(choice) == OWN:
            st.session_state[choice] = self.default


def _own(written: Written) -> Taken:
    first, *more = written
    return (own_text(first), *(own_text(each) if each.strip() else None for each in more))
