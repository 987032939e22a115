"""The layers of an encoder, in plain functions over the weights of a network of transformers.

A layer lets every token look at all of them, then works on what each of them saw; both times the
result is added to what was there and normalised:

    a = norm(x + W_o attention(W_q x, W_k x, W_v x))
    y = norm(a + W_2 g(W_1 a))

with softmax(q k^T / sqrt(width of a head)) v as attention. transformers computes the same, and for
every token. Here the last layer is computed for those tokens only whose states are asked for, and
nothing stands between two matrices but what has to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

from models.networks._language import LanguageModel

__all__ = ["all_states", "embed", "states_at"]

Map = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class _Layer:
    """The parts of one layer, whatever its architecture calls them."""

    query: Map
    key: Map
    value: Map
    out: Map
    norm: Map
    widen: Map
    bend: Map  # g
    narrow: Map
    last_norm: Map

    def __call__(self, states: torch.Tensor, asked: torch.Tensor, heads: int) -> torch.Tensor:
        """New states of some tokens: (rows, asked, width), of ``states`` (rows, tokens, width)."""

        def split(values: torch.Tensor) -> torch.Tensor:  # (rows, heads, tokens, width of a head)
            return values.view(*values.shape[:2], heads, -1).transpose(1, 2)

        seen = F.scaled_dot_product_attention(
            split(self.query(asked)), split(self.key(states)), split(self.value(states))
        )
        above = self.norm(self.out(seen.transpose(1, 2).flatten(2)) + asked)
        return self.last_norm(self.narrow(self.bend(self.widen(above))) + above)


def embed(network: Any, kind: LanguageModel, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """What the first layer is given: (rows, tokens, width)."""
    given: dict[str, torch.Tensor | None] = {"input_ids": None, **inputs}
    vectors: torch.Tensor = kind.body_of(network).embeddings(**given)
    return vectors


def all_states(network: Any, kind: LanguageModel, vectors: torch.Tensor) -> list[torch.Tensor]:
    """What the first layer is given and what each layer makes: (rows, tokens, width) each."""
    heads = network.config.num_attention_heads
    found = [vectors]
    for layer in _layers(network, kind):
        found.append(layer(found[-1], found[-1], heads))
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
    heads = network.config.num_attention_heads
    *below, last = _layers(network, kind)
    for layer in below:
        vectors = layer(vectors, vectors, heads)
    asked = vectors.gather(1, places[..., None].expand(-1, -1, vectors.shape[-1]))
    return last(vectors, asked, heads)


def _layers(network: Any, kind: LanguageModel) -> Iterator[_Layer]:
    body = kind.body_of(network)
    if kind.body == "distilbert":
        return map(_distilbert_layer, body.transformer.layer)
    return map(_bert_layer, body.encoder.layer)


def _bert_layer(layer: Any) -> _Layer:
    look, joined, last = layer.attention.self, layer.attention.output, layer.output
    return _Layer(
        look.query,
        look.key,
        look.value,
        joined.dense,
        joined.LayerNorm,
        layer.intermediate.dense,
        layer.intermediate.intermediate_act_fn,
        last.dense,
        last.LayerNorm,
    )


def _distilbert_layer(layer: Any) -> _Layer:
    look, think = layer.attention, layer.ffn
    return _Layer(
        look.q_lin,
        look.k_lin,
        look.v_lin,
        look.out_lin,
        layer.sa_layer_norm,
        think.lin1,
        think.activation,
        think.lin2,
        layer.output_layer_norm,
    )
