"""One weight, from its query and key to the softmax over its row.

With q the query of the token that looks, k_j the keys of all tokens and d the length of both,

    weight_j = exp(s_j) / sum over i of exp(s_i),    s_j = q k_j / sqrt(d) + mask_j

where the mask is minus infinity for tokens that may not be seen and 0 otherwise. A. Vaswani et
al., *Attention is all you need*, 2017, https://arxiv.org/abs/1706.03762.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._attention_off import Off, no_such_head
from models._attention_reader import LONGEST, ModelName, open_text
from models._attention_text import Attention, as_attention
from models._attention_view import check_place
from models._errors import InputError
from models._gate import turn
from models._ranges import Range, checked

__all__ = ["Cell", "cell"]

Place = Annotated[int, Range(0, LONGEST - 1)]
Number = Annotated[int, Range(0, 11)]  # no network here has more than 12


@dataclass(frozen=True, eq=False)
class Cell:
    """How one weight came about."""

    layer: int
    head: int
    query: int  # place of the token that looks
    key: int  # place of the token that is looked at
    query_vector: NDArray[np.float32]  # (d,) q
    key_vector: NDArray[np.float32]  # (d,) k
    terms: NDArray[np.float32]  # (d,) their products, number by number
    product: float  # the sum of the terms
    scale: float  # 1 / sqrt(d)
    products: NDArray[np.float32]  # (tokens,) of q with the key of every token
    scores: NDArray[np.float32]  # (tokens,) products times scale
    visible: NDArray[np.bool_]  # (tokens,) whether the mask lets q see it
    exponentials: NDArray[np.float32]  # (tokens,) exp(score - largest visible score); 0: not seen
    total: float  # the sum of the exponentials
    weights: NDArray[np.float32]  # (tokens,) exponentials / total: the whole row
    weight: float  # the one that was asked for


@checked
def cell(
    attention: Attention | str,
    layer: Number = 0,
    head: Number = 0,
    query: Place = 0,
    key: Place = 0,
    model: ModelName = "mini_bert",
    pair: str | None = None,
    off: Off = (),
) -> Cell:
    """Open one cell of a heatmap: every number between two tokens and their weight.

    Args:
        attention: From ``attend``, or a text.
        layer: From 0.
        head: From 0.
        query: Place of the token that looks.
        key: Place of the token that is looked at.
        model: For a text: the network.
        pair: For a text: a second one after it.
        off: For a text: heads to switch off, as in ``attend``.

    Raises:
        InputError: ``no_such_head``, ``no_such_token``.
    """
    attention = as_attention(attention, model, pair, off)
    layers, heads, count = attention.weights.shape[:3]
    if layer >= layers or head >= heads:
        raise no_such_head(layer, head, layers, heads)
    check_place(query, count)
    check_place(key, count)
    q, k, scale = _vectors(attention, layer, head)
    products = k @ q[query]
    scores = products * np.float32(scale)
    visible = np.arange(count) <= query if attention.causal else np.ones(count, bool)
    exponentials = np.where(visible, np.exp(scores - scores[visible].max()), 0).astype(np.float32)
    total = exponentials.sum(dtype=np.float64)
    weights = (exponentials / total).astype(np.float32)
    return Cell(
        *(layer, head, query, key, q[query], k[key]),
        terms=q[query] * k[key],
        product=float(products[key]),
        scale=scale,
        products=products,
        scores=scores,
        visible=visible,
        exponentials=exponentials,
        total=float(total),
        weights=weights,
        weight=float(weights[key]),
    )


def _vectors(
    attention: Attention, layer: int, head: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """Queries and keys of a head, (tokens, d) each, and their scale."""
    reading = attention.reading
    loaded = open_text(reading.text, attention.model, reading.pair)
    if loaded.reading.tokens != attention.tokens or layer >= len(loaded.body.layers):
        raise InputError("attention_other", model=loaded.model.spec.title)
    keep = loaded.keep(attention.off)
    with turn(), torch.inference_mode():
        states = loaded.embed()
        for number, after in enumerate(loaded.body.run(states, keep), start=1):
            if number > layer:
                break
            states = after[0]
        part = loaded.body.layers[layer]
        q, k, _ = part.split(states)
        vectors = torch.stack([q[0, head], k[0, head]]).float().cpu().numpy()
    return vectors[0], vectors[1], float(part.scale)
