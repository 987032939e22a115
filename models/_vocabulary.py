"""The words of a vocabulary, as answers and as a reader sees them."""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from models._readers import find_model, network_of
from models._reading import Reading
from models.networks._language import tokenizer_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "Candidate",
    "Vocabulary",
    "best_of",
    "candidate_of",
    "entropy_of",
    "vocabulary_of",
    "written",
]

SPACE = "Ġ"  # how RoBERTa's vocabulary writes the space before a word
BROKEN = "\ufffd"  # what part of a character looks like


@dataclass(frozen=True)
class Candidate:
    """A word of the vocabulary, as an answer at a hidden place."""

    token: str  # as the vocabulary writes it: "##ing", "Ġthe"
    shown: str  # as a reader sees it: "…ing" goes on the word before, "the" begins one
    number: int  # its id
    probability: float


def best_of(row: torch.Tensor, model: str, top: int = 1) -> tuple[Candidate, ...]:
    """The most probable words, the best first.

    Args:
        row: (vocabulary,) natural logarithms of probabilities.
        model: Whose vocabulary.
        top: How many.
    """
    vocabulary = vocabulary_of(model)
    values, numbers = row.topk(min(top, len(row)))
    pairs = zip(numbers.tolist(), values.exp().tolist(), strict=True)
    return tuple(
        Candidate(vocabulary.tokens[number], vocabulary.shown[number], number, chance)
        for number, chance in pairs
    )


def candidate_of(number: int, probability: float, model: str) -> Candidate:
    """A word of the vocabulary by its number."""
    vocabulary = vocabulary_of(model)
    return Candidate(vocabulary.tokens[number], vocabulary.shown[number], number, probability)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words of a network, by their number."""

    tokens: tuple[str, ...]  # as they are written down
    shown: tuple[str, ...]  # as a reader sees them


def vocabulary_of(model: str) -> Vocabulary:
    """The words of a network whose weights are there."""
    kind = find_model(model)
    size = network_of(model).config.vocab_size
    return _vocabulary(tokenizer_of(kind), kind.first == "[CLS]", size)


@functools.lru_cache(maxsize=8)
def _vocabulary(tokenizer: "Tokenizer", in_pieces: bool, size: int) -> Vocabulary:
    numbers = range(size)  # some networks have room for more words than there are
    tokens = tuple(tokenizer.id_to_token(number) or f"[{number}]" for number in numbers)
    if in_pieces:
        shown = map(_shown_piece, tokens)
    else:
        shown = map(_shown_bytes, tokens, (tokenizer.decode([n], False) for n in numbers))
    return Vocabulary(tokens, tuple(shown))


def entropy_of(rows: torch.Tensor) -> NDArray[np.float32]:
    """How undecided the network is, in bits, along the last axis of natural logarithms."""
    bits: NDArray[np.float32] = -(rows.exp() * rows).nan_to_num().sum(-1).numpy() / np.log(2)
    return np.maximum(bits, 0).astype(np.float32)


def written(reading: Reading, words: dict[int, str]) -> str:
    """The text with hidden words filled in.

    Args:
        reading: Of one text.
        words: Place of a hidden token -> the word as it is shown; others stay hidden.
    """
    text = reading.text
    for place in sorted(words, reverse=True):
        start, end = (int(each) for each in reading.spans[place])
        word = words[place]
        before = text[:start].rstrip() if word.startswith("…") else text[:start]
        text = before + word.removeprefix("…").removeprefix("␣") + text[end:]
    return text


def _shown_piece(token: str) -> str:
    """WordPiece marks what goes on a word."""
    return "…" + token[2:] if token.startswith("##") and len(token) > 2 else token


def _shown_bytes(token: str, text: str) -> str:
    """RoBERTa's vocabulary marks what begins a word, by the space before it."""
    word = text.strip()
    if not word or BROKEN in word or not word.isprintable():
        return f"⟨{token}⟩"  # part of a character; what stands for its bytes is no word
    if token.startswith(SPACE):
        return word if word[0].isalnum() else "␣" + word
    return "…" + word if word[0].isalnum() else word
