"""Five kinds of transformer, taken apart into the same few steps.

Each layer of each of them makes queries, keys and values from its input, lets every head mix the
values, and goes on from there; they differ in where they normalise and what their parts are called:

    BERT, RoBERTa, DistilBERT    x = norm(x + attention(x));  x = norm(x + feed_forward(x))
    GPT-2, vision transformer    x = x + attention(norm(x));  x = x + feed_forward(norm(x))

The parts are the network's own and are only called, never changed: many visitors share a network,
and what one of them switches off must not be missing for another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

__all__ = ["Anatomy", "Layer", "take_apart"]

Three = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class Layer:
    """One layer: what comes before its heads mix, and what comes after."""

    heads: int
    scale: float  # that q k is multiplied by
    project: Callable[[Tensor], Three]  # (batch, tokens, width) -> q, k, v of the same shape
    close: Callable[[Tensor, Tensor], Tensor]  # input, mixed values -> output

    def split(self, states: Tensor) -> Three:
        """Queries, keys and values, each (batch, heads, tokens, width of a head)."""
        q, k, v = (
            each.view(*each.shape[:2], self.heads, -1).transpose(1, 2)
            for each in self.project(states)
        )
        return q, k, v

    def step(
        self,
        states: Tensor,
        mask: Tensor | None = None,
        keep: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Run the layer.

        Args:
            states: (batch, tokens, width).
            mask: (tokens, tokens), added to the scores; None: every token sees every other.
            keep: (heads,) or (batch, heads), what each head's output is multiplied by; None: 1.

        Returns:
            The states after it and the weights (batch, heads, query, key).
        """
        q, k, v = self.split(states)
        scores = torch.matmul(q, k.transpose(2, 3)) * self.scale
        weights = (scores if mask is None else scores + mask).softmax(-1)
        mixed = torch.matmul(weights, v)
        if keep is not None:
            mixed = mixed * keep[..., None, None]
        return self.close(states, mixed.transpose(1, 2).flatten(2)), weights


@dataclass(frozen=True)
class Anatomy:
    """A transformer without its head."""

    embed: Callable[..., Tensor]  # what it reads -> (batch, tokens, width)
    layers: tuple[Layer, ...]
    close: Callable[[Tensor], Tensor] = lambda states: states  # behind the last layer
    causal: bool = False

    @property
    def heads(self) -> int:
        """How many heads a layer has."""
        return self.layers[0].heads

    def mask(self, states: Tensor) -> Tensor | None:
        """What is added to the scores so that no token sees a later one."""
        if not self.causal:
            return None
        count = states.shape[1]
        nothing = torch.finfo(states.dtype).min
        return torch.full((count, count), nothing, device=states.device).triu(1)

    def run(
        self, states: Tensor, keep: Tensor | None = None, start: int = 0
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Run the layers from ``start``, giving (states, weights) after each.

        Args:
            states: (batch, tokens, width) as they come into the first of them.
            keep: (layers, heads) or (layers, batch, heads), counted from the first of them.
            start: The first layer to run.
        """
        mask = self.mask(states)
        for number, layer in enumerate(self.layers[start:]):
            states, weights = layer.step(states, mask, None if keep is None else keep[number])
            yield states, weights

    def finish(self, states: Tensor, keep: Tensor | None = None, start: int = 0) -> Tensor:
        """The states after the last layer; arguments as in ``run``."""
        for after, _ in self.run(states, keep, start):
            states = after
        return states


def take_apart(body: Any) -> Anatomy:
    """Find the parts of a transformer, by the class that transformers gives it."""
    return ANATOMIES[type(body).__name__](body)


def _bert(body: Any) -> Anatomy:
    return Anatomy(
        lambda ids, segments=None: body.embeddings(input_ids=ids, token_type_ids=segments),
        tuple(map(_bert_layer, body.encoder.layer)),
    )


def _bert_layer(layer: Any) -> Layer:
    inner = layer.attention.self

    def project(states: Tensor) -> Three:
        return inner.query(states), inner.key(states), inner.value(states)

    def close(states: Tensor, mixed: Tensor) -> Any:
        return layer.feed_forward_chunk(layer.attention.output(mixed, states))

    return Layer(inner.num_attention_heads, inner.scaling, project, close)


def _distilbert(body: Any) -> Anatomy:
    return Anatomy(
        lambda ids, _=None: body.embeddings(ids),
        tuple(map(_distilbert_layer, body.transformer.layer)),
    )


def _distilbert_layer(layer: Any) -> Layer:
    inner = layer.attention

    def project(states: Tensor) -> Three:
        return inner.q_lin(states), inner.k_lin(states), inner.v_lin(states)

    def close(states: Tensor, mixed: Tensor) -> Any:
        between = layer.sa_layer_norm(inner.out_lin(mixed) + states)
        return layer.output_layer_norm(layer.ffn(between) + between)

    return Layer(inner.n_heads, inner.scaling, project, close)


def _gpt2(body: Any) -> Anatomy:
    def embed(ids: Tensor, _: Any = None) -> Any:
        places = torch.arange(ids.shape[1], device=ids.device)
        return body.wte(ids) + body.wpe(places)[None]

    return Anatomy(embed, tuple(map(_gpt2_layer, body.h)), body.ln_f, causal=True)


def _gpt2_layer(layer: Any) -> Layer:
    inner = layer.attn

    def project(states: Tensor) -> Three:
        q, k, v = inner.c_attn(layer.ln_1(states)).split(inner.split_size, dim=2)
        return q, k, v

    def close(states: Tensor, mixed: Tensor) -> Any:
        between = inner.c_proj(mixed) + states
        return between + layer.mlp(layer.ln_2(between))

    return Layer(inner.num_heads, inner.scaling, project, close)


def _vision(body: Any) -> Anatomy:
    return Anatomy(body.embeddings, tuple(map(_vision_layer, body.layers)), body.layernorm)


def _vision_layer(layer: Any) -> Layer:
    inner = layer.attention

    def project(states: Tensor) -> Three:
        states = layer.layernorm_before(states)
        return inner.q_proj(states), inner.k_proj(states), inner.v_proj(states)

    def close(states: Tensor, mixed: Tensor) -> Any:
        between = inner.o_proj(mixed) + states
        return layer.mlp(layer.layernorm_after(between)) + between

    return Layer(inner.num_attention_heads, inner.scaling, project, close)


ANATOMIES: dict[str, Callable[[Any], Anatomy]] = {
    "BertModel": _bert,
    "RobertaModel": _bert,
    "DistilBertModel": _distilbert,
    "GPT2Model": _gpt2,
    "ViTModel": _vision,
}
