"""What counting alone can do: the figures that a network that reads has to beat.

A hidden token is guessed from how often tokens stand where (unigrams, trigrams), and whether a
second text follows a first from how many words they share. All counts are of the training part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training._text import CLS, MASK, SEP, Numbers, Rows, Text

__all__ = ["COMMON", "SharedWords", "between", "neighbours", "right_among", "usual"]

TOP = 5
HIDDEN = -1  # a neighbour that cannot be seen
COMMON = (25, 50, 100, 200, 500, 1000)  # how many of the most frequent tokens do not count


def usual(text: Text, size: int) -> Numbers:
    """Rank all tokens of the vocabulary by how often they occur: (size,), the most frequent first.

    >>> tokens, places = np.array([7, 8, 8, 9, 9, 9], np.uint16), np.array([0, 3], np.int32)
    >>> usual(Text(tokens, places, places), 10)[:2].tolist()  # the last article is held out
    [8, 7]
    """
    counts = np.bincount(text.tokens[: text.split], minlength=size)
    return np.argsort(-counts, kind="stable")


def neighbours(tokens: Numbers, places: Numbers) -> tuple[Numbers, Numbers]:
    """What stands left and right of some places in rows, -1 where that is no word.

    >>> [each.tolist() for each in neighbours(np.array([[2, 9, 8, 4, 3]]), np.array([1, 2]))]
    [[-1, 9], [8, -1]]
    """
    row = tokens.ravel()
    sides = (row[places - 1], row[places + 1])  # the first and last of a row are never hidden
    left, right = (np.where(np.isin(each, (CLS, SEP, MASK)), HIDDEN, each) for each in sides)
    return left, right


def between(text: Text, size: int, left: Numbers, right: Numbers) -> Numbers:
    """Guess what stands between two tokens: what most often did.

    Where the two were never seen around one token, or one of them is hidden, the neighbour that
    is more certain of its own neighbour decides, then the other one, then frequency alone.

    Args:
        text: Whose training part is counted.
        size: Entries of the vocabulary.
        left: (places,) tokens, -1: hidden.
        right: (places,)

    Returns:
        (places, 20) tokens, the best guess first, -1 where there is none.
    """
    row = text.tokens[: text.split].astype(np.int64)
    seen = np.minimum(left, right) >= 0
    both = np.where(seen, left * size + right, HIDDEN)
    trigrams, _ = _after(row[:-2] * size + row[2:], row[1:-1], both, size)
    from_left, left_sure = _after(row[:-1], row[1:], left, size)
    from_right, right_sure = _after(row[1:], row[:-1], right, size)
    first = (left_sure >= right_sure)[:, None]
    rest = np.broadcast_to(usual(text, size)[:TOP], from_left.shape)
    sure = np.where(first, from_left, from_right)
    other = np.where(first, from_right, from_left)
    return np.concatenate([trigrams, sure, other, rest], axis=1)


def _after(
    contexts: Numbers, tokens: Numbers, asked: Numbers, size: int
) -> tuple[Numbers, NDArray[np.float64]]:
    """The tokens that most often stand in some contexts (asked, 5), and the share of the first."""
    wanted = np.unique(asked)
    where = np.minimum(np.searchsorted(wanted, contexts), len(wanted) - 1)
    known = wanted[where] == contexts
    pairs, counts = np.unique(where[known] * size + tokens[known], return_counts=True)
    order = np.lexsort((-counts, pairs // size))
    context, token, counts = pairs[order] // size, pairs[order] % size, counts[order]
    rank = np.arange(len(context)) - np.searchsorted(context, context)
    best = np.full((len(wanted), TOP), HIDDEN)
    kept = rank < TOP
    best[context[kept], rank[kept]] = token[kept]
    share = np.zeros(len(wanted))
    firsts = rank == 0
    totals = np.bincount(context, counts, len(wanted))
    share[context[firsts]] = counts[firsts] / totals[context[firsts]]
    answers = np.searchsorted(wanted, asked)
    return best[answers], share[answers]


def right_among(guesses: Numbers, truth: Numbers) -> tuple[float, float]:
    """How often the first guess is right, and one of the first five different ones.

    >>> right_among(np.array([[-1, 5, 5, 6], [7, 8, -1, 9]]), np.array([6, 7]))
    (0.5, 1.0)
    """
    firsts = [list(dict.fromkeys(row[row >= 0].tolist()))[:TOP] for row in guesses]
    top1 = [row[:1] == [each] for row, each in zip(firsts, truth, strict=True)]
    top5 = [each in row for row, each in zip(firsts, truth, strict=True)]
    return float(np.mean(top1)), float(np.mean(top5))


@dataclass(frozen=True)
class SharedWords:
    """Says that a second text follows a first where they share enough words that are not common.

    ``common`` and ``fewest`` are those that are right most often on the pairs it is made from.
    """

    common: NDArray[np.bool_]  # (vocabulary,) tokens that do not count
    fewest: int  # shared words from which on the second follows

    @classmethod
    def learn(cls, pairs: Rows, ranking: Numbers, common: Sequence[int] = COMMON) -> "SharedWords":
        """Try how many common tokens to leave out and how many shared words to ask for."""
        tries = []
        for left_out in common:
            ignored = np.zeros(len(ranking), bool)
            ignored[ranking[:left_out]] = True
            counts = _shared(pairs, ignored)
            for fewest in range(1, int(counts.max()) + 2):
                right = float(((counts >= fewest) == (pairs.follows == 0)).mean())
                tries.append((right, cls(ignored, fewest)))
        return max(tries, key=lambda each: each[0])[1]

    def accuracy(self, pairs: Rows) -> float:
        """How often it is right about pairs."""
        says = _shared(pairs, self.common) >= self.fewest
        return float((says == (pairs.follows == 0)).mean())


def _shared(pairs: Rows, common: NDArray[np.bool_]) -> Numbers:
    """Count the different tokens that stand in both texts of each pair: (pairs,)."""
    counts = np.empty(len(pairs.tokens), np.int64)
    for number, (row, segments) in enumerate(zip(pairs.tokens, pairs.segments, strict=True)):
        first, second = set(row[segments == 0].tolist()), set(row[segments == 1].tolist())
        counts[number] = sum(not common[each] for each in (first & second) - {CLS, SEP})
    return counts
