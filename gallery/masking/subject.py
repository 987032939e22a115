"""A text with hidden words, as a hand left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from gallery import address, controls, show
from gallery.answers import answer
from gallery.components.word_row import Pressed, choose_words
from gallery.demos import Language
from gallery.masking.case import Case
from gallery.masking.hiding import Gaps, gaps_of, row_of_words
from gallery.passage import Passage
from models import bert_masking as bert
from models._masked import mask_number
from models._readers import find_model

__all__ = ["OPENING", "Subject", "ask_subject", "ask_whole", "masked", "rest_of"]

OPENING: Mapping[Language, str] = {"en": "new_york", "zh": "zh_australia"}
# Words hidden to begin with, by their number in the text; elsewhere the longest ones.
ONE = {"new_york": (5,), "zh_australia": (5,)}
SEVERAL = {"new_york": (4, 5), "zh_australia": (4, 5)}
TEXT = "text"  # in the address
SECTION = "_masking_section"  # that was drawn last
REST = 240  # characters of what was cut off that are still shown


@dataclass(frozen=True, eq=False)
class Subject:
    """A text, and which of its words are hidden."""

    case: Case
    whole: Passage  # as it came in
    found: bert.Words  # the whole text
    pressed: Pressed

    def gaps(self, by_piece: bool = False) -> Gaps:
        """The text with its words hidden, and what stood there."""
        return gaps_of(self.found, self.pressed.numbers, by_piece)

    def draw(
        self, notes: Mapping[int, Sequence[str]], under: bool = False, pieces: bool = False
    ) -> None:
        """Draw the text to press words of.

        Args:
            notes: Lines under words, by their number.
            under: Show tokens and ids, of a hidden word those that the network is given.
            pieces: A hidden word has one mask for each token.
        """
        words = self.case.words
        row = [
            replace(
                word,
                under=(
                    *(self._tokens(each, pieces) if under else ()),
                    *notes.get(each.number, ()),
                ),
            )
            for word, each in zip(row_of_words(self.found), self.found.words, strict=True)
        ]
        self.pressed.draw(words.text_label, row, words.press_hint, rest_of(self.found))

    def _tokens(self, word: bert.Word, pieces: bool) -> list[str]:
        if word.number in self.pressed.numbers:
            mask = f"{find_model(self.case.model).mask} {mask_number(self.case.model)}"
            return [mask] * (len(word.tokens) if pieces else 1)
        return [f"{token} {number}" for token, number in zip(word.tokens, word.ids, strict=True)]


def masked(text: str, whole: Passage) -> Passage:
    """A text with words hidden: an example stays one where nothing was hidden by hand."""
    return whole if text == whole.text else Passage(text)


def rest_of(found: bert.Words) -> str:
    """What follows the last word that was read: a full stop of it, or all that was cut off."""
    rest = found.reading.text[max((word.span[1] for word in found.words), default=0) :]
    return rest if len(rest) <= REST else f"{rest[:REST]}…"


def ask_whole(
    case: Case, opening: Mapping[Language, str] = OPENING, folded: bool = False
) -> Passage:
    """Ask for a text.

    Args:
        case: The network and the words.
        opening: Example to open with. A text that the visitor chose stays through all sections;
            where nothing was chosen, each section opens with its own example.
        folded: Whether the text is folded away, because a word of it is to be guessed.
    """
    page, section = case.page.frame.demo.name, case.page.chosen
    is_new = st.session_state.get(SECTION, section) != section
    st.session_state[SECTION] = section
    if is_new and TEXT not in st.query_params and address.FOLLOWED not in st.session_state:
        st.session_state.pop(f"{page}.{TEXT}.{case.page.language}", None)
    place = st.expander(case.words.folded, icon=":material/visibility_off:") if folded else None
    with place or st.container():
        return controls.passage(opening, name=TEXT)


def ask_subject(
    case: Case,
    name: str = "hidden",
    several: bool = False,
    opening: Mapping[Language, str] = OPENING,
    folded: bool = False,
) -> Subject:
    """Ask for a text and which of its words are hidden.

    Args:
        case: The network and the words.
        name: What the hidden words are called in the address.
        several: Begin with more than one.
        opening: Example to open with.
        folded: Whether the text is folded away.
    """
    whole = ask_whole(case, opening, folded)
    found = answer(bert.words, whole, case.model)
    show.cut(len(found.reading.tokens), found.reading.cut)
    begin = _opening(whole, found, 2 if several else 1)
    numbers = [word.number for word in found.words if not word.hidden]
    pressed = choose_words(name, numbers, begin, f"{case.model} {whole.text}")
    return Subject(case, whole, found, pressed)


def _opening(whole: Passage, found: bert.Words, count: int) -> tuple[int, ...]:
    """What is hidden before anybody has pressed a word."""
    open_ = [word for word in found.words if not word.hidden]
    missing = count - (len(found.words) - len(open_))
    table = SEVERAL if count > 1 else ONE
    if missing <= 0 or whole.sample in table:
        return table.get(whole.sample or "", ())
    return tuple(word.number for word in sorted(open_, key=lambda word: -len(word.text))[:missing])
