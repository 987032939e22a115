"""What a changed word changes, and what another network would say.

The scatter puts every word at (log2 of its probability here, log2 of it there): words on the
diagonal do not care, words off it are what the difference is about. How far apart two sets of
probabilities p and q are is said in one number, the Jensen-Shannon divergence

    D = (KL(p || m) + KL(q || m)) / 2,  m = (p + q) / 2

in bits: 0 where they are equal, 1 where no word is possible in both. J. Lin, *Divergence measures
based on the Shannon entropy*, IEEE Transactions on Information Theory 37, 1991.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from models._fill import Gap, Top, gap_of
from models._masked import ModelName, log_probabilities, read_hidden
from models._ranges import Range, checked
from models._reading import Reading
from models._vocabulary import vocabulary_of

__all__ = ["Comparison", "Difference", "compare_models", "compare_texts", "divergence_of"]

Points = Annotated[int, Range(100, 5000, 100)]
Chances = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """A word that is more probable on one side than on the other."""

    shown: str
    first: float  # probability
    second: float
    bits: float  # log2(first / second)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same words at two hidden places, or at one for two networks."""

    first_reading: Reading
    second_reading: Reading
    first: Gap  # the answers here
    second: Gap  # and there
    words: tuple[str, ...]  # (points,) the most probable on either side, as they are shown
    first_bits: NDArray[np.float32]  # (points,) log2 of the probability
    second_bits: NDArray[np.float32]
    more_in_first: tuple[Difference, ...]  # the largest gain of probability first
    more_in_second: tuple[Difference, ...]
    divergence: float  # bits, 0..1, over the shared words
    shared: int  # words that both vocabularies have
    first_share: float  # probability that falls on the shared words
    second_share: float


@checked
def compare_texts(
    first: str,
    second: str,
    model: ModelName = "mini_bert",
    top: Top = 10,
    points: Points = 1000,
) -> Comparison:
    """Compare what one network says at the first ``[MASK]`` of two texts.

    Args:
        first: With a ``[MASK]``.
        second: The same with a word changed, or another text.
        model: The network.
        top: Words of each list.
        points: Words of the scatter, the most probable ones of either text.

    Returns:
        The answers, the words that differ most, and the scatter.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``,
            ``masks_too_many``.
    """
    sides = [_side(text, model, top) for text in (first, second)]
    return _comparison(sides[0], sides[1], top, points)


@checked
def compare_models(
    text: str,
    first: ModelName = "mini_bert",
    second: ModelName = "bert-base-uncased",
    top: Top = 10,
    points: Points = 1000,
) -> Comparison:
    """Compare what two networks say at the first ``[MASK]`` of one text.

    Args:
        text: With a ``[MASK]``.
        first: A network.
        second: Another one; the words are those that both vocabularies write alike.
        top: Words of each list.
        points: Words of the scatter, the most probable ones of either network.

    Returns:
        The answers, the words that differ most, and the scatter.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``,
            ``masks_too_many``.
    """
    sides = [_side(text, model, top) for model in (first, second)]
    return _comparison(sides[0], sides[1], top, points)


def divergence_of(p: Chances, q: Chances) -> float:
    """The Jensen-Shannon divergence of two sets of probabilities, in bits."""
    middle = (p + q) / 2

    def towards_middle(side: Chances) -> float:
        known = side > 0
        return float((side[known] * np.log2(side[known] / middle[known])).sum())

    return min(max((towards_middle(p) + towards_middle(q)) / 2, 0.0), 1.0)


@dataclass(frozen=True, eq=False)
class _Side:
    """What a network says at one hidden place."""

    reading: Reading
    gap: Gap
    words: tuple[str, ...]  # the vocabulary as it is shown
    logs: Chances  # (vocabulary,) log2 of the probabilities


def _side(text: str, model: ModelName, top: int) -> _Side:
    reading = read_hidden(text, model)
    row = log_probabilities(reading, model, reading.masks[:1])[0, 0]
    gap = gap_of(reading, reading.masks[0], row, model, top)
    logs = row.double().numpy() / np.log(2)
    return _Side(reading, gap, vocabulary_of(model).shown, logs)


def _comparison(first: _Side, second: _Side, top: int, points: int) -> Comparison:
    words, here, there = _shared(first, second)
    p, q = np.exp2(here), np.exp2(there)
    order = np.argsort(-np.maximum(here, there), kind="stable")[:points]
    gain = np.argsort(q - p, kind="stable")

    def differences(numbers: NDArray[np.int64]) -> tuple[Difference, ...]:
        table = zip(numbers, p[numbers], q[numbers], (here - there)[numbers], strict=True)
        return tuple(
            Difference(words[n], float(a), float(b), float(bits)) for n, a, b, bits in table
        )

    return Comparison(
        first_reading=first.reading,
        second_reading=second.reading,
        first=first.gap,
        second=second.gap,
        words=tuple(words[n] for n in order),
        first_bits=here[order].astype(np.float32),
        second_bits=there[order].astype(np.float32),
        more_in_first=differences(gain[(p > q)[gain]][:top]),
        more_in_second=differences(gain[(q > p)[gain]][: -top - 1 : -1]),
        divergence=divergence_of(p / p.sum(), q / q.sum()),
        shared=len(words),
        first_share=min(float(p.sum()), 1.0),
        second_share=min(float(q.sum()), 1.0),
    )


def _shared(first: _Side, second: _Side) -> tuple[tuple[str, ...], Chances, Chances]:
    """The words that both vocabularies show alike, and their log2 probabilities."""
    if first.words is second.words:
        return first.words, first.logs, second.logs
    number = {word: n for n, word in enumerate(second.words)}
    pairs = [(n, number[word]) for n, word in enumerate(first.words) if word in number]
    here, there = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    words = tuple(first.words[n] for n in here)
    return words, first.logs[here], second.logs[there]
