"""A text as a network reads it: cut into tokens, with where each of them stands in the text.

``[MASK]`` in a text, in capitals or not, stands for a hidden word whatever the network itself
calls it; every other special token that somebody types is read as plain characters.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models._errors import HubUnavailable, InputError
from models.networks._language import LanguageModel, tokenizer_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["CHARACTERS", "MASK", "Reading", "clean", "read"]

MASK = "[MASK]"
CHARACTERS = 20_000  # of a text; no network here reads more
MARK = re.compile(r"\[mask\]|<mask>", re.IGNORECASE)
# What is not seen but changes what is: controls, overrides of the writing direction, marks of byte
# order, the halves of broken pairs. Newlines, tabs and the joiner of emoji stay.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff]"
)


@dataclass(frozen=True, eq=False)
class Reading:
    """One text, or a pair of texts, as tokens."""

    text: str  # what was read, cleaned; of a pair, the first
    pair: str | None  # the second text, cleaned
    tokens: tuple[str, ...]  # as the vocabulary writes them: "play", "##ing"
    ids: NDArray[np.int64]  # (tokens,)
    segments: NDArray[np.int64]  # (tokens,) 0, or 1 for the second text and the mark after it
    spans: NDArray[np.int64]  # (tokens, 2) first and after-last character in its text; -1: special
    words: NDArray[np.int64]  # (tokens,) number of the word it is part of, from 0; -1: special
    masks: tuple[int, ...]  # places of the hidden tokens
    cut: int  # tokens at the end that did not fit

    @property
    def special(self) -> NDArray[np.bool_]:
        """(tokens,) whether it is one that the network adds: [CLS], [SEP]."""
        return self.words < 0

    def shown(self, place: int) -> str:
        """The characters of the text that a token stands for; of an added one, its own name."""
        if self.words[place] < 0 or place in self.masks:
            return MASK if place in self.masks else self.tokens[place]
        start, end = self.spans[place]
        source = self.pair if self.segments[place] and self.pair is not None else self.text
        return source[start:end]


def clean(text: str) -> str:
    """Bring a text into the form that networks are given.

    Raises:
        InputError: ``text_empty``, ``text_too_long``.
    """
    if len(text) > CHARACTERS:
        raise InputError("text_too_long", characters=len(text), most=CHARACTERS)
    text = unicodedata.normalize("NFC", HIDDEN.sub("", text))
    text = MARK.sub(MASK, text).strip()
    if not text:
        raise InputError("text_empty")
    return text


def read(
    text: str, model: LanguageModel, pair: str | None = None, most: int | None = None
) -> Reading:
    """Cut a text, or a pair of texts, into tokens; what is too long loses its end.

    Args:
        text: Any text; ``[MASK]`` hides a word.
        model: Whose tokenizer.
        pair: A second text after the first.
        most: Tokens at most, the special ones among them; None: what the network can read.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask_token`` (the network cannot).
    """
    text = clean(text)
    pair = clean(pair) if pair is not None else None
    pieces = [_pieces(text, model), *([_pieces(pair, model)] if pair is not None else [])]
    room = min(most or model.longest, model.longest) - _added(model, pair is not None)
    kept = _fit([len(each) for each in pieces], room)
    cut = sum(map(len, pieces)) - sum(kept)
    parts = [part[:count] for part, count in zip(pieces, kept, strict=True)]
    return _joined(text, pair, parts, model, cut)


@dataclass(frozen=True)
class _Piece:
    """A token of one text."""

    token: str
    number: int
    span: tuple[int, int]
    word: int
    hidden: bool = False


def _pieces(text: str, model: LanguageModel) -> list[_Piece]:
    """Cut a text where words are hidden, and what is between into tokens."""
    tokenizer = tokenizer_of(model)
    found: list[_Piece] = []
    words = place = 0
    for part in re.split(r"(\[MASK\])", text):
        if part == MASK:
            if model.mask is None:
                raise InputError("no_mask_token", model=model.spec.title)
            number = _number_of(model.mask, model)
            found.append(_Piece(model.mask, number, (place, place + len(part)), words, True))
            words += 1
        elif part.strip():
            words = _cut(part, place, words, tokenizer, found)
        place += len(part)
    return found


def _number_of(token: str, model: LanguageModel) -> int:
    """The number of a special token; a vocabulary without it is not that network's."""
    number = tokenizer_of(model).token_to_id(token)
    if number is None:
        raise HubUnavailable("hub_corrupt", model=model.spec.title)
    return number


def _cut(part: str, place: int, words: int, tokenizer: "Tokenizer", found: list[_Piece]) -> int:
    """Add the tokens of a stretch of text; give the number of the next word."""
    encoding = tokenizer.encode(part.rstrip(), add_special_tokens=False)
    for token, number, (start, end), word in zip(
        encoding.tokens, encoding.ids, encoding.offsets, encoding.word_ids, strict=True
    ):
        start += len(part[start:end]) - len(part[start:end].lstrip())  # a space before a word
        found.append(_Piece(token, number, (place + start, place + end), words + (word or 0)))
    return words + 1 + max((word or 0 for word in encoding.word_ids), default=-1)


def _added(model: LanguageModel, paired: bool) -> int:
    """How many special tokens stand around one text, or around and between two."""
    ends = (1 + model.between if paired else 1) if model.last is not None else 0
    return ends + (model.first is not None)


def _fit(counts: list[int], room: int) -> list[int]:
    """Shorten the longer of two texts until both fit, as BERT's authors do."""
    kept = list(counts)
    if sum(kept) <= room:
        return kept
    if len(kept) == 1:
        return [room]
    short = min(min(kept), room // 2)
    return [short, room - short] if kept[0] <= kept[1] else [room - short, short]


def _joined(
    text: str, pair: str | None, parts: list[list[_Piece]], model: LanguageModel, cut: int
) -> Reading:
    def special(name: str) -> _Piece:
        return _Piece(name, _number_of(name, model), (-1, -1), -1)

    row: list[tuple[_Piece, int]] = []
    if model.first is not None:
        row.append((special(model.first), 0))
    words = 0
    for segment, part in enumerate(parts):
        row += [(replace(each, word=each.word + words), segment) for each in part]
        words += 1 + max((each.word for each in part), default=-1)
        if model.last is not None:
            marks = model.between if segment == 0 and len(parts) == 2 else 1
            row += [(special(model.last), segment)] * marks
    pieces = [each for each, _ in row]
    return Reading(
        text=text,
        pair=pair,
        tokens=tuple(each.token for each in pieces),
        ids=np.array([each.number for each in pieces], np.int64),
        segments=np.array([segment for _, segment in row], np.int64),
        spans=np.array([each.span for each in pieces], np.int64).reshape(-1, 2),
        words=np.array([each.word for each in pieces], np.int64),
        masks=tuple(place for place, each in enumerate(pieces) if each.hidden),
        cut=cut,
    )
