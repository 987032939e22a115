"""How surprised a network is by each word of a text, when the rest of it is known.

Each word is hidden in turn and asked for. A word of several pieces is asked for from left to right:
a piece is hidden together with the ones after it in the same word, or the end of a word would give
its beginning away,

    surprise(word) = - sum over pieces of log2 p(piece | rest of the text, pieces before it).

The exponential of the mean over all tokens is the pseudo-perplexity: as if at every token the
network had to guess among so many equally likely ones. Sources: Salazar et al., *Masked language
model scoring*, 2020, https://arxiv.org/abs/1910.14659; Kauf and Ivanova, *A better way to do masked
language model scoring*, 2023, https://arxiv.org/abs/2305.10588.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._masked import Asked, ModelName, ask_in_turn, mask_number, read_plain
from models._ranges import checked
from models._readers import Effort, effort_of, runs_of
from models._reading import Reading
from models._vocabulary import Candidate, candidate_of

__all__ = [
    "MOST_TOKENS",
    "Surprise",
    "WordSurprise",
    "surprise",
    "surprise_effort",
    "surprise_so_far",
]

MOST_TOKENS = 128  # every one of them is a run of the network


@dataclass(frozen=True)
class WordSurprise:
    """A word of the text, and how surprising it is."""

    text: str  # as it stands in the text
    span: tuple[int, int]  # its first and after-last character
    places: tuple[int, ...]  # of its tokens in the reading
    bits: float  # -log2 of its probability
    expected: Candidate  # what the network would rather begin the word with, or the same
    rank: int  # of its first piece among all of the vocabulary; 1: just what was expected


@dataclass(frozen=True, eq=False)
class Surprise:
    """A text, word by word."""

    reading: Reading
    words: tuple[WordSurprise, ...]  # in the order of the text; hidden words are left out
    bits: NDArray[np.float32]  # (tokens,) -log2 p of each; 0 for added and hidden ones
    asked: NDArray[np.bool_]  # (tokens,) whether it was asked for
    mean: float  # bits of a token on average
    pseudo_perplexity: float  # 2 to the power of the mean


@checked
def surprise(text: str, model: ModelName = "mini_bert") -> Surprise:
    """Hide each word in turn and say how little the network expected it.

    Args:
        text: Any text; at most 128 tokens are read. What stands as ``[MASK]`` stays hidden.
        model: The network.

    Returns:
        The surprise of each word and token in bits, and the pseudo-perplexity.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_words``.
    """
    *_, found = surprise_so_far(text, model)
    return found


def surprise_so_far(text: str, model: ModelName = "mini_bert") -> Generator[Surprise]:
    """The same for somebody who looks on: what is known after each run of the network.

    Yields:
        The words known so far, in the order of the text; the last time all of them.
    """
    reading = read_plain(text, model, MOST_TOKENS)
    places = _places(reading)
    if not len(places):
        raise InputError("no_words")
    rows = np.repeat(reading.ids[None], len(places), 0)
    for row, place in zip(rows, places, strict=True):
        rest = np.arange(len(row)) >= place
        row[rest & (reading.words == reading.words[place])] = mask_number(model)
    answers = ask_in_turn(reading, model, rows, places, reading.ids[places])
    return (_known(reading, model, places, found) for found in answers)


def surprise_effort(text: str, model: ModelName = "mini_bert") -> Effort:
    """What ``surprise_so_far`` takes."""
    reading = read_plain(text, model, MOST_TOKENS)
    rows, tokens = len(_places(reading)), len(reading.ids)
    return effort_of(runs_of(rows, tokens, model), rows * tokens, model)


def _places(reading: Reading) -> NDArray[np.int64]:
    """The tokens that are asked for: neither added nor hidden."""
    asked = ~reading.special
    asked[list(reading.masks)] = False
    return np.flatnonzero(asked)


def _known(reading: Reading, model: ModelName, places: NDArray[np.int64], found: Asked) -> Surprise:
    """What the answers say of the first places, and of the words whose pieces all are among them.

    Args:
        reading: The tokens.
        model: The network.
        places: (asked,) all that are asked for.
        found: The answers for the first of them.
    """
    known = places[: len(found.own)]
    bits = np.zeros(len(reading.ids), np.float32)
    bits[known] = np.maximum(-found.own / np.log(2), 0)
    asked = np.zeros(len(reading.ids), bool)
    asked[known] = True
    words = []
    for word in np.unique(reading.words[known]):
        own = places[reading.words[places] == word]
        if own[-1] > known[-1]:
            continue
        first = int(np.searchsorted(known, own[0]))
        span = int(reading.spans[own[0], 0]), int(reading.spans[own[-1], 1])
        chance = float(np.exp(found.best[first]))
        words.append(
            WordSurprise(
                text=reading.text[slice(*span)],
                span=span,
                places=tuple(own.tolist()),
                bits=float(bits[own].sum()),
                expected=candidate_of(int(found.numbers[first]), chance, model),
                rank=1 + int(found.above[first]),
            )
        )
    mean = float(bits[known].mean())
    return Surprise(reading, tuple(words), bits, asked, mean, float(2**mean))
