"""The layers of an encoder, in plain functions over the weights of a network of transformers.

A layer lets every token look at all of them, then works on what each of them saw; both times the
result is added to what was there and normalised:

    a = norm(x + W_o attention(W_q x, W_k x, W_v x))
    y = norm(a + W_2 g(W_1 a))

with softmax(q k^T / sqrt(width of a head)) v as attention. transformers computes the same, and for
every token. Here the last layer is computed for those tokens only whose states are asked for, and
nothing stands between two matrices but what has to.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import torch
from torch import nn
from torch.nn import functional as F

from models.networks._language import LanguageModel

__all__ = ["all_states", "embed", "states_at"]

Map = tuple[torch.Tensor, torch.Tensor]  # matrix and vector that is added
Norm = tuple[tuple[int, ...], torch.Tensor, torch.Tensor, float]  # shape, scale, shift, epsilon


class _Layer(NamedTuple):
    """The weights of one layer, whatever its architecture calls them."""

    heads: int
    query: Map
    key: Map
    value: Map
    out: Map
    norm: Norm
    widen: Map
    bend: Callable[[torch.Tensor], torch.Tensor]  # g
    narrow: Map
    last_norm: Norm


_known: "WeakKeyDictionary[nn.Module, tuple[_Layer, ...]]" = WeakKeyDictionary()


def embed(network: Any, kind: LanguageModel, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """What the first layer is given: (rows, tokens, width)."""
    given: dict[str, torch.Tensor | None] = {"input_ids": None, **inputs}
    vectors: torch.Tensor = kind.body_of(network).embeddings(**given)
    return vectors


def all_states(network: Any, kind: LanguageModel, vectors: torch.Tensor) -> list[torch.Tensor]:
    """What the first layer is given and what each layer makes: (rows, tokens, width) each."""
    found = [vectors]
    for layer in _layers(network, kind):
        found.append(_apply(layer, found[-1], found[-1]))
    return found


def states_at(
    network: Any, kind: LanguageModel, vectors: torch.Tensor, places: torch.Tensor
) -> torch.Tensor:
    """The last states of some tokens.

    Args:
        network: The network.
        kind: What it is.
        vectors: (rows, tokens, width) what the first layer is given.
        places: int64 (rows, asked) the tokens.

    Returns:
        (rows, asked, width).
    """
    *below, last = _layers(network, kind)
    for layer in below:
        vectors = _apply(layer, vectors, vectors)
    asked = vectors.gather(1, places[..., None].expand(-1, -1, vectors.shape[-1]))
    return _apply(last, vectors, asked)


def _apply(layer: _Layer, states: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
    """New states of some tokens: (rows, asked, width), of all ``states`` (rows, tokens, width)."""
    rows, count, width = asked.shape

    def split(values: torch.Tensor) -> torch.Tensor:  # (rows, heads, tokens, width of a head)
        return values.view(rows, -1, layer.heads, width // layer.heads).transpose(1, 2)

    queries = split(F.linear(asked, *layer.query))
    keys, values = F.linear(states, *layer.key), F.linear(states, *layer.value)
    seen = F.scaled_dot_product_attention(queries, split(keys), split(values))
    seen = F.linear(seen.transpose(1, 2).reshape(rows, count, width), *layer.out)
    above = torch.layer_norm(seen + asked, *layer.norm)
    wide = layer.bend(F.linear(above, *layer.widen))
    return torch.layer_norm(F.linear(wide, *layer.narrow) + above, *layer.last_norm)


def _layers(network: Any, kind: LanguageModel) -> tuple[_Layer, ...]:
    """Look the weights up once: finding each by its name takes longer than a small matrix."""
    found = _known.get(network)
    if found is None:
        body, heads = kind.body_of(network), network.config.num_attention_heads
        if kind.body == "distilbert":
            found = tuple(_distilbert_layer(each, heads) for each in body.transformer.layer)
        else:
            found = tuple(_bert_layer(each, heads) for each in body.encoder.layer)
        _known[network] = found
    return found


def _bert_layer(layer: Any, heads: int) -> _Layer:
    look, joined, last = layer.attention.self, layer.attention.output, layer.output
    return _Layer(
        heads,
        _map(look.query),
        _map(look.key),
        _map(look.value),
        _map(joined.dense),
        _norm(joined.LayerNorm),
        _map(layer.intermediate.dense),
        layer.intermediate.intermediate_act_fn,
        _map(last.dense),
        _norm(last.LayerNorm),
    )


def _distilbert_layer(layer: Any, heads: int) -> _Layer:
    look, think = layer.attention, layer.ffn
    return _Layer(
        heads,
        _map(look.q_lin),
        _map(look.k_lin),
        _map(look.v_lin),
        _map(look.out_lin),
        _norm(layer.sa_layer_norm),
        _map(think.lin1),
        think.activation,
        _map(think.lin2),
        _norm(layer.output_layer_norm),
    )


def _map(linear: nn.Linear) -> Map:
    return linear.weight, linear.bias


def _norm(norm: nn.LayerNorm) -> Norm:
    return norm.normalized_shape, norm.weight, norm.bias, norm.eps
