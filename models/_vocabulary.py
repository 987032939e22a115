"""The words of a vocabulary, as answers and as a reader sees them."""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from models._masked import ModelName, find_model
from models._reading import Reading
from models.networks._language import LanguageModel, tokenizer_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Candidate", "best_of", "candidate_of", "entropy_of", "shown_words", "written"]

SPACE = "Ġ"  # how RoBERTa's vocabulary writes the space before a word
BROKEN = "\ufffd"  # what part of a character looks like


@dataclass(frozen=True)
class Candidate:
    """A word of the vocabulary, as an answer at a hidden place."""

    token: str  # as the vocabulary writes it: "##ing", "Ġthe"
    shown: str  # as a reader sees it: "…ing" goes on the word before, "the" begins one
    number: int  # its id
    probability: float


def best_of(row: torch.Tensor, model: ModelName, top: int = 1) -> tuple[Candidate, ...]:
    """The most probable words, the best first.

    Args:
        row: (vocabulary,) natural logarithms of probabilities.
        model: Whose vocabulary.
        top: How many.
    """
    values, numbers = row.topk(min(top, len(row)))
    pairs = zip(numbers.tolist(), values.exp().tolist(), strict=True)
    return tuple(candidate_of(number, chance, model) for number, chance in pairs)


def candidate_of(number: int, probability: float, model: ModelName) -> Candidate:
    """A word of the vocabulary by its number."""
    token = tokenizer_of(find_model(model)).id_to_token(number) or ""
    return Candidate(token, shown_words(find_model(model))[number], number, probability)


@functools.lru_cache(maxsize=8)
def shown_words(kind: LanguageModel) -> tuple[str, ...]:
    """The vocabulary of a network as a reader sees it, by number."""
    tokenizer = tokenizer_of(kind)
    numbers = range(tokenizer.get_vocab_size())
    return tuple(_shown(tokenizer.id_to_token(n) or "", n, kind, tokenizer) for n in numbers)


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
        text = before + word.removeprefix("…") + text[end:]
    return text


def _shown(token: str, number: int, kind: LanguageModel, tokenizer: "Tokenizer") -> str:
    if kind.first == "[CLS]":  # WordPiece
        return "…" + token[2:] if token.startswith("##") and len(token) > 2 else token
    text = tokenizer.decode([number], skip_special_tokens=False)
    word = text.strip()
    if not word or BROKEN in word:
        return token
    if token.startswith(SPACE):
        return word if word[0].isalnum() else "␣" + word
    return "…" + word if word[0].isalnum() else word
