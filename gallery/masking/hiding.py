"""Words of a text that a hand has hidden: how they are drawn, and the text without them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gallery.components import word_row
from models import bert_masking as bert
from models._reading import MASK

__all__ = ["Gaps", "gaps_of", "row_of_words"]


@dataclass(frozen=True)
class Gaps:
    """A text with hidden words, and what stood there."""

    text: str  # with [MASK]
    truths: tuple[str | None, ...]  # one a gap; None: the visitor wrote [MASK]
    words: tuple[int, ...]  # one a gap: number of its word


def row_of_words(found: bert.Words) -> list[word_row.Word]:
    """The text as words that can be pressed; one that is hidden already cannot.

    Args:
        found: The text, word by word.
    """
    row: list[word_row.Word] = []
    end = 0
    for word in found.words:
        row.append(
            word_row.Word(
                word.text,
                -1 if word.hidden else word.number,
                found.reading.text[end : word.span[0]],
                "mask" if word.hidden else "plain",
            )
        )
        end = word.span[1]
    return row


def gaps_of(found: bert.Words, hidden: Collection[int], by_piece: bool = False) -> Gaps:
    """Hide words of a text.

    Args:
        found: The whole text, word by word.
        hidden: Numbers of words.
        by_piece: One ``[MASK]`` for each token of a word instead of one for the word.
    """
    text, end = "", 0
    truths: list[str | None] = []
    words: list[int] = []
    for word in found.words:
        if not word.hidden and word.number not in hidden:
            continue
        kept: Sequence[str | None] = [None]
        if not word.hidden:
            kept = word.tokens if by_piece else [word.text]
        text += found.reading.text[end : word.span[0]] + MASK * len(kept)
        end = word.span[1]
        truths += kept
        words += [word.number] * len(kept)
    return Gaps(text + found.reading.text[end:], tuple(truths), tuple(words))
