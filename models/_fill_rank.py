"""Where a proposed word stands among everything that a network would rather say.

A word that the vocabulary holds as one token has a rank and a probability at each hidden place. A
word of several pieces has no rank, because one hidden token can only become one token. Its
probability is still defined where the place is opened to as many hidden tokens: the first piece is
asked for, filled in, then the second one, and by the chain rule

    p(word) = p(piece 1) p(piece 2 | piece 1) ...

each given that the word has this many pieces.
"""

from dataclasses import dataclass

import numpy as np

from models._errors import InputError
from models._fill import span_of
from models._masked import ModelName, ask_in_turn, log_probabilities, read_hidden
from models._ranges import checked
from models._readers import find_model
from models._reading import MASK, Reading, clean
from models._vocabulary import Candidate, best_of, candidate_of, vocabulary_of
from models.networks._language import tokenizer_of

__all__ = ["Rank", "Ranks", "after_space", "pieces_of", "rank", "single_piece"]

MOST_PIECES = 16
MOST_CHAINS = 12  # places where a word of several pieces is asked for, piece by piece
LONGEST_WORD = 100  # characters
MARKS = ("##", "Ġ")  # how a vocabulary writes what cannot be typed


@dataclass(frozen=True)
class Rank:
    """A proposed word at one hidden place."""

    place: int  # of the hidden token in the reading
    span: tuple[int, int]  # its first and after-last character in the text
    pieces: tuple[Candidate, ...]  # of the word, each given the ones before it
    probability: float  # of the whole word: the product of its pieces
    rank: int | None  # 1: the network's own answer; None: a word of several pieces has none
    best: Candidate  # the network's own answer


@dataclass(frozen=True, eq=False)
class Ranks:
    """A proposed word at each hidden place of a text."""

    reading: Reading
    word: str  # as it was read
    vocabulary: int  # words that a rank is taken among
    gaps: tuple[Rank, ...]  # in the order of the text


@checked
def rank(text: str, word: str, model: ModelName = "mini_bert") -> Ranks:
    """Say how a proposed word does at each ``[MASK]``.

    Args:
        text: With one or several ``[MASK]``.
        word: What the visitor would say: a word, or a few; ``##ing`` goes on the word before.
        model: The network.

    Returns:
        Rank and probability; for a word of several pieces the probability alone, piece by piece.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``, ``word_empty``,
            ``word_too_long``, ``word_unknown``, ``masks_too_many``.
    """
    word = _clean_word(word)
    reading = read_hidden(text, model)
    rows = log_probabilities(reading, model, reading.masks)[0]
    found = [pieces_of(word, model, after_space(reading, place)) for place in reading.masks]
    if len(found) > MOST_CHAINS and max(map(len, found)) > 1:
        raise InputError("masks_too_many", count=len(found), limit=MOST_CHAINS)
    gaps = []
    for place, row, pieces in zip(reading.masks, rows, found, strict=True):
        if len(pieces) == 1:
            chances = [float(row[pieces[0]].exp())]
            above: int | None = 1 + int((row > row[pieces[0]]).sum())
        else:
            chances, above = _chain(reading, model, place, pieces), None
        each = [candidate_of(n, chance, model) for n, chance in zip(pieces, chances, strict=True)]
        product = float(np.prod(chances, dtype=np.float64))
        best = best_of(row, model)[0]
        gaps.append(Rank(place, span_of(reading, place), tuple(each), product, above, best))
    return Ranks(reading, word, rows.shape[1], tuple(gaps))


def pieces_of(word: str, model: ModelName, spaced: bool = True) -> list[int]:
    """The ids of the tokens of a word.

    Args:
        word: One or a few words.
        model: Whose vocabulary.
        spaced: Whether a space stands before it; some vocabularies know the difference.

    Raises:
        InputError: ``word_empty``, ``word_too_long``, ``word_unknown``.
    """
    word = _clean_word(word)
    kind = find_model(model)
    tokenizer = tokenizer_of(kind)
    exact = tokenizer.token_to_id(word) if word.startswith(MARKS) else None
    if exact is not None:
        return [exact]
    typed = " " + word if spaced and kind.first != "[CLS]" else word
    encoding = tokenizer.encode(typed, add_special_tokens=False)
    if not encoding.ids or "[UNK]" in encoding.tokens or "<unk>" in encoding.tokens:
        raise InputError("word_unknown", word=word[:40], model=kind.spec.title)
    if len(encoding.ids) > MOST_PIECES:
        raise _too_long(word)
    return list(encoding.ids)


def single_piece(word: str, model: ModelName, spaced: bool = True) -> int:
    """The id of a word that is one token.

    Raises:
        InputError: ``word_empty``, ``word_too_long``, ``word_unknown``, ``word_pieces``.
    """
    pieces = pieces_of(word, model, spaced)
    if len(pieces) > 1:
        shown = " · ".join(vocabulary_of(model).tokens[each] for each in pieces)
        raise InputError("word_pieces", word=word[:40], pieces=shown)
    return pieces[0]


def _clean_word(word: str) -> str:
    if len(word) > LONGEST_WORD:
        raise _too_long(word)
    try:
        return clean(word)
    except InputError as error:
        raise InputError("word_empty") from error


def _too_long(word: str) -> InputError:
    return InputError("word_too_long", word=word[:40], limit=MOST_PIECES, characters=LONGEST_WORD)


def after_space(reading: Reading, place: int) -> bool:
    """Whether a space stands before a token."""
    start = reading.spans[place, 0]
    return bool(start > 0 and reading.text[start - 1].isspace())


def _chain(reading: Reading, model: ModelName, place: int, pieces: list[int]) -> list[float]:
    """Open the place to as many hidden tokens and fill them in from left to right."""
    wide = _opened(reading, model, place, len(pieces))
    places = place + np.arange(len(pieces))
    rows = np.repeat(wide.ids[None], len(pieces), 0)
    for step in range(1, len(pieces)):
        rows[step, place : place + step] = pieces[:step]
    *_, found = ask_in_turn(wide, model, rows, places, np.array(pieces))
    return [float(each) for each in np.exp(found.own)]


def _opened(reading: Reading, model: ModelName, place: int, count: int) -> Reading:
    """The reading with several hidden tokens where there was one."""
    start, end = span_of(reading, place)
    text = reading.text[:start] + MASK * count + reading.text[end:]
    return read_hidden(text, model)
