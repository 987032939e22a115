"""Which part of the weights is looked at, and which tokens may look where at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._attention_off import Off
from models._attention_reader import ModelName
from models._attention_text import Attention, as_attention
from models._errors import InputError
from models._ranges import checked

__all__ = ["Masks", "Selection", "check_place", "masks", "select"]


@dataclass(frozen=True, eq=False)
class Selection:
    """The weights between some of the tokens."""

    places: NDArray[np.int64]  # (kept,) of the tokens that are shown
    labels: tuple[str, ...]  # (kept,)
    weights: NDArray[np.float32]  # (layers, heads, kept, kept)
    hidden: NDArray[np.float32]  # (layers, heads, kept) share of a row that went to hidden tokens
    renormalised: bool  # whether what is left of a row was made to add up to 1 again


@dataclass(frozen=True, eq=False)
class Masks:
    """Who may look at whom: three rules, each (query, key), True where it may."""

    labels: tuple[str, ...]  # (tokens,)
    bidirectional: NDArray[np.bool_]  # BERT: everyone sees everyone
    causal: NDArray[np.bool_]  # GPT: itself and what stands before
    cross: NDArray[np.bool_] | None  # translation: the second text sees the first; None: one text
    used: str  # which of them this network works by


@checked
def select(
    attention: Attention | str,
    special: bool = False,
    hidden: Sequence[int] = (),
    renormalise: bool = False,
    model: ModelName = "mini_bert",
    pair: str | None = None,
    off: Off = (),
) -> Selection:
    """Leave tokens out of a picture of attention.

    Args:
        attention: From ``attend``, or a text.
        special: Whether [CLS] and [SEP] stay.
        hidden: Places of further tokens to leave out.
        renormalise: Whether what is left of each row is divided by its sum. The network itself has
            looked at the hidden tokens too, so the weights are then larger than it used.
        model: For a text: the network.
        pair: For a text: a second one after it.
        off: For a text: heads to switch off, as in ``attend``.

    Raises:
        InputError: ``no_such_token``, ``no_token_left``.
    """
    attention = as_attention(attention, model, pair, off)
    count = len(attention.tokens)
    kept = np.ones(count, bool) if special else ~np.asarray(attention.special, bool)
    for place in hidden:
        check_place(place, count)
        kept[place] = False
    places = np.flatnonzero(kept)
    if not len(places):
        raise InputError("no_token_left")
    weights = attention.weights[:, :, places][:, :, :, places]
    sums = weights.sum(-1, dtype=np.float64)
    if renormalise:
        weights = (weights / np.where(sums > 0, sums, 1)[..., None]).astype(np.float32)
    labels = tuple(attention.labels[place] for place in places)
    lost = np.clip(1 - sums, 0, 1).astype(np.float32)
    return Selection(places, labels, weights, lost, renormalise)


@checked
def masks(
    attention: Attention | str, model: ModelName = "mini_bert", pair: str | None = None
) -> Masks:
    """Draw up who may look at whom, by each of three rules.

    Args:
        attention: From ``attend``, or a text.
        model: For a text: the network.
        pair: For a text: a second one after it.
    """
    attention = as_attention(attention, model, pair)
    count = len(attention.tokens)
    everyone = np.ones((count, count), bool)
    second = attention.reading.segments == 1
    return Masks(
        labels=attention.labels,
        bidirectional=everyone,
        causal=np.tril(everyone),
        cross=second[:, None] & ~second[None] if second.any() else None,
        used="causal" if attention.causal else "bidirectional",
    )


def check_place(place: object, count: int) -> None:
    """Refuse the number of a token that is not there."""
    if type(place) is not int or not 0 <= place < count:
        raise InputError("no_such_token", value=str(place)[:40], last=count - 1)
