"""What a head does on a text, said in one word that it has to earn.

The score of a name is the share of a head's attention that goes where the name says, as a mean
over the tokens that look: to the token before, to the one behind, to itself, to special tokens
([CLS] and [SEP]; of a network without them, the first token), to other places of the same word, or,
from everywhere, to one and the same word. Only tokens that have such a place count. A head whose
best share is too small is "spread" if it looks at many tokens at once (the score is the entropy of
its rows as a share of the largest possible), and has no name otherwise.

K. Clark et al., *What does BERT look at?*, 2019, https://arxiv.org/abs/1906.04341.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models._attention_off import Off
from models._attention_reader import ModelName
from models._attention_text import Attention, as_attention
from models._ranges import Range, checked

__all__ = ["PATTERNS", "HeadName", "Pattern", "name_heads"]

Pattern = Literal[
    "previous", "next", "itself", "special", "same_word", "one_token", "spread", "none"
]
PATTERNS: tuple[Pattern, ...] = get_args(Pattern)
PLACES = PATTERNS[:6]
EVEN = 0.7  # of the largest possible entropy: of 20 tokens as if 8 were looked at evenly
Visible = NDArray[np.bool_]


@dataclass(frozen=True)
class HeadName:
    """What one head does on a text."""

    layer: int
    head: int
    name: Pattern
    score: float  # 0..1 that earned the name; of "none", the best one, which did not suffice
    scores: Mapping[str, float]  # of every name but "none"


@checked
def name_heads(
    attention: Attention | str,
    least: Annotated[float, Range(0.1, 0.9, 0.05)] = 0.4,
    model: ModelName = "mini_bert",
    pair: str | None = None,
    off: Off = (),
) -> tuple[HeadName, ...]:
    """Name every head by what it does on this text.

    Args:
        attention: From ``attend``, or a text.
        least: Share of its attention that earns a head a name.
        model: For a text: the network.
        pair: For a text: a second one after it.
        off: For a text: heads to switch off, as in ``attend``.

    Returns:
        All heads, those with the highest scores first, those without a name last.
    """
    attention = as_attention(attention, model, pair, off)
    shares = {name: _shares(attention, places) for name, places in _places(attention).items()}
    shares["one_token"] = _stripe(attention)
    shares["spread"] = _evenness(attention)
    layers, heads = attention.weights.shape[:2]
    found = [
        _name(layer, head, {name: float(of[layer, head]) for name, of in shares.items()}, least)
        for layer in range(layers)
        for head in range(heads)
    ]
    return tuple(sorted(found, key=lambda each: (each.name == "none", -each.score)))


def _name(layer: int, head: int, scores: dict[str, float], least: float) -> HeadName:
    best: Pattern = max(PLACES, key=lambda name: scores[name])
    name: Pattern = best
    if scores[best] < least:
        name = "spread" if scores["spread"] >= EVEN else "none"
    score = scores["spread" if name == "spread" else best]
    return HeadName(layer, head, name, score, scores)


def _places(attention: Attention) -> dict[Pattern, Visible]:
    """Where each name would have a token look, (query, key)."""
    count = len(attention.tokens)
    outside = _outside(attention)
    inside = ~outside[:, None] & ~outside[None]
    before = np.eye(count, k=-1, dtype=bool)
    return {
        "previous": before & inside,
        "next": before.T & inside,
        "itself": np.eye(count, dtype=bool) & inside,
        "special": ~outside[:, None] & outside[None],
        "same_word": _same_word(attention) & inside,
    }


def _outside(attention: Attention) -> NDArray[np.bool_]:
    """(tokens,) those that stand for no word."""
    outside = attention.special.copy()
    if attention.causal:
        outside[0] = True  # what every token can see, and many look at for want of better
    return outside


def _same_word(attention: Attention) -> Visible:
    """Whether two places are parts of the same word, or of equal words."""
    reading = attention.reading
    written: dict[int, str] = {}
    for place, word in enumerate(reading.words.tolist()):
        written[word] = written.get(word, "") + attention.labels[place].lower()
    words = np.array([written[word] for word in reading.words.tolist()])
    same: Visible = (words[:, None] == words[None]) & ~np.eye(len(words), dtype=bool)
    return same


def _shares(attention: Attention, places: Visible) -> NDArray[np.float64]:
    """(layers, heads) share of the attention that goes to those places."""
    if attention.causal:
        places = np.tril(places)
    looking = places.any(1)
    weights = attention.weights[:, :, looking]
    sums = (weights * places[looking]).sum((-2, -1), dtype=np.float64)
    shares: NDArray[np.float64] = np.clip(sums / max(1, looking.sum()), 0, 1)
    return shares


def _stripe(attention: Attention) -> NDArray[np.float64]:
    """(layers, heads) share that goes from all other tokens to the one that is looked at most."""
    inside = ~_outside(attention)
    places = inside[:, None] & inside[None] & ~np.eye(len(inside), dtype=bool)
    if attention.causal:
        places = np.tril(places)
    looking = places.sum(0)  # (key,) how many other words can look at each
    sums = (attention.weights * places).sum(-2, dtype=np.float64)  # (layers, heads, key)
    enough = looking >= max(2, inside.sum() // 2)  # what few can see is no habit
    shares: NDArray[np.float64] = np.clip(sums / np.maximum(looking, 1) * enough, 0, 1)
    most: NDArray[np.float64] = shares.max(-1)
    return most


def _evenness(attention: Attention) -> NDArray[np.float64]:
    """(layers, heads) entropy of the rows as a share of the largest possible, as a mean."""
    count = len(attention.tokens)
    seen = np.arange(1, count + 1) if attention.causal else np.full(count, count)
    looking = (seen > 1) & ~attention.special
    weights = attention.weights[:, :, looking].astype(np.float64)
    logs = np.log(np.where(weights > 0, weights, 1))
    entropy = -(weights * logs).sum(-1) / np.log(np.maximum(seen[looking], 2))
    shares: NDArray[np.float64] = np.clip(entropy.sum(-1) / max(1, looking.sum()), 0, 1)
    return shares
