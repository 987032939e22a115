"""A transformer as the weights of its layers, and the same few steps for all of them.

In each layer every head makes queries, keys and values, mixes the values, and the layer goes on
with what was mixed. Five kinds of network differ in what their parts are called and in where they
normalise:

    BERT, RoBERTa, DistilBERT    a = norm(x + W_o heads(x));      y = norm(a + W_2 g(W_1 a))
    GPT-2, vision transformer    a = x + W_o heads(norm(x));      y = a + W_2 g(W_1 norm(a))

with softmax(scale q k^T) v for each head. The weights are the network's own and never change: many
visitors share a network, and what one of them switches off must not be missing for another. Where
only some tokens are asked for, the last layer is computed for those alone.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Layer", "Transformer", "exact", "quick", "take_apart"]

Map = tuple[Tensor, Tensor | None]  # matrix (out, in) and vector that is added
Norm = tuple[tuple[int, ...], Tensor, Tensor, float]  # shape, scale, shift, epsilon
Three = tuple[Tensor, Tensor, Tensor]
Bend = Callable[[Tensor], Tensor]
Product = Callable[..., Tensor]  # states, a map and perhaps a bend


def exact(states: Tensor, part: Map, bend: Bend | None = None) -> Tensor:
    """Multiply by a matrix, add a vector, and bend what comes out: as transformers does it."""
    made = F.linear(states, *part)
    return made if bend is None else bend(made)


def quick(states: Tensor, part: Map, bend: Bend | None = None) -> Tensor:
    """The same by oneDNN where nobody asks for gradients: on some processors in half the time.

    It adds up in another order, and exact GELU is done in the same go.
    """
    matrix, vector = part
    product = _onednn() if _is_for_onednn(states, matrix) else None
    if product is None:
        return exact(states, part, bend)
    if getattr(bend, "act", None) is F.gelu:
        return cast("Tensor", product(states.contiguous(), matrix, vector, "gelu", [], "none"))
    made: Tensor = product(states.contiguous(), matrix, vector, "none", [], "")
    return made if bend is None else bend(made)


def _is_for_onednn(states: Tensor, matrix: Tensor) -> bool:
    """A single row is faster without, and a transposed matrix would be turned at every call."""
    return (
        states.device.type == "cpu"
        and states.dtype == torch.float32
        and states.shape[:-1].numel() > 1
        and matrix.is_contiguous()
        and not torch.is_grad_enabled()
    )


@functools.cache
def _onednn() -> Any:
    """The product that torch's own compiler calls, where this build has it."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return None
    return getattr(torch.ops.mkldnn, "_linear_pointwise", None)


@dataclass(frozen=True, eq=False)
class Layer:
    """The weights of one layer, whatever its network calls them."""

    heads: int
    scale: float  # that q k is multiplied by
    look: Map  # queries, keys and values in one: of few tokens faster than three products
    out: Map
    norm: Norm  # of the first half, with the heads
    widen: Map
    bend: Bend  # g
    narrow: Map
    last_norm: Norm  # of the second half
    norms_first: bool = False  # whether each half normalises what comes in, not what goes out

    def split(self, states: Tensor, product: Product = exact) -> Three:
        """Queries, keys and values, each (batch, heads, tokens, width of a head)."""
        made = product(self._given(states), self.look)
        q, k, v = made.view(*states.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        return q, k, v

    def step(
        self, states: Tensor, mask: Tensor | None = None, keep: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Run the layer and note what every head looked at.

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
        return self._close(states, torch.matmul(weights, v), keep), weights

    def at(
        self,
        states: Tensor,
        asked: Tensor,
        mask: Tensor | None = None,
        keep: Tensor | None = None,
    ) -> Tensor:
        """Run the layer for some tokens, without noting anything: (batch, asked, width).

        Args:
            states: (batch, tokens, width) that are looked at.
            asked: (batch, asked, width) those of them that look.
            mask: Added to the scores (asked, tokens) or (batch, 1, asked, tokens).
            keep: As in ``step``.
        """
        if asked is states:
            q, k, v = self.split(states, quick)
        else:
            query, key, value = self._maps()
            q = self._part(self._given(asked), query)
            given = self._given(states)
            k, v = self._part(given, key), self._part(given, value)
        mixed = F.scaled_dot_product_attention(q, k, v, mask, scale=self.scale)
        return self._close(asked, mixed, keep, quick)

    def _maps(self) -> tuple[Map, ...]:
        """Those of the queries, the keys and the values."""
        matrix, vector = self.look
        vectors = (None,) * 3 if vector is None else vector.chunk(3)
        return tuple(zip(matrix.chunk(3), vectors, strict=True))

    def _given(self, states: Tensor) -> Tensor:
        return torch.layer_norm(states, *self.norm) if self.norms_first else states

    def _part(self, states: Tensor, part: Map) -> Tensor:
        rows, _, width = states.shape
        made = quick(states, part)
        return made.view(rows, -1, self.heads, width // self.heads).transpose(1, 2)

    def _close(
        self, states: Tensor, mixed: Tensor, keep: Tensor | None, product: Product = exact
    ) -> Tensor:
        """What comes out for ``states``, given the mixed values of each of their heads."""
        if keep is not None:
            mixed = mixed * keep[..., None, None]
        above = product(mixed.transpose(1, 2).flatten(2), self.out) + states
        if self.norms_first:
            return above + self._think(torch.layer_norm(above, *self.last_norm), product)
        above = torch.layer_norm(above, *self.norm)
        return torch.layer_norm(self._think(above, product) + above, *self.last_norm)

    def _think(self, states: Tensor, product: Product) -> Tensor:
        return product(product(states, self.widen, self.bend), self.narrow)


@dataclass(frozen=True, eq=False)
class Transformer:
    """A transformer without its head."""

    embed: Callable[..., Tensor]  # what it reads, as transformers names it -> (rows, tokens, width)
    layers: tuple[Layer, ...]
    close: Callable[[Tensor], Tensor] = lambda states: states  # behind the last layer
    causal: bool = False

    @property
    def heads(self) -> int:
        """How many heads a layer has."""
        return self.layers[0].heads

    @property
    def size(self) -> int:
        """What a token costs, up to a factor that all transformers share."""
        return len(self.layers) * self.layers[0].out[0].numel()

    def mask(self, states: Tensor) -> Tensor | None:
        """What is added to the scores so that no token sees a later one."""
        if not self.causal:
            return None
        count = states.shape[1]
        nothing = torch.finfo(states.dtype).min
        return torch.full((count, count), nothing, device=states.device).triu(1)

    def run(self, states: Tensor, keep: Tensor | None = None) -> Iterator[tuple[Tensor, Tensor]]:
        """Run all layers, giving (states, weights) after each.

        Args:
            states: (rows, tokens, width) as they come into the first of them.
            keep: (layers, heads) what each head's output is multiplied by.
        """
        mask = self.mask(states)
        for number, layer in enumerate(self.layers):
            states, weights = layer.step(states, mask, None if keep is None else keep[number])
            yield states, weights

    def all_states(self, states: Tensor) -> list[Tensor]:
        """What the first layer is given and what each layer makes: (rows, tokens, width) each."""
        found, mask = [states], self.mask(states)
        for layer in self.layers:
            found.append(layer.at(found[-1], found[-1], mask))
        return found

    def states_at(
        self, states: Tensor, places: Tensor, keep: Tensor | None = None, start: int = 0
    ) -> Tensor:
        """The states of some tokens after the last layer: (rows, asked, width).

        Args:
            states: (rows, tokens, width) as they come into the first layer that is run.
            places: int64 (rows, asked) the tokens.
            keep: (layers, heads) or (layers, rows, heads), counted from that layer.
            start: The first layer to run.
        """
        mask = self.mask(states)
        *below, last = enumerate(self.layers[start:])
        kept = [None] * (1 + len(below)) if keep is None else keep
        for number, layer in below:
            states = layer.at(states, states, mask, kept[number])
        asked = states.gather(1, places[..., None].expand(-1, -1, states.shape[-1]))
        number, layer = last
        return layer.at(
            states, asked, None if mask is None else mask[places][:, None], kept[number]
        )


_known: "WeakKeyDictionary[nn.Module, Transformer]" = WeakKeyDictionary()


def take_apart(body: nn.Module) -> Transformer:
    """Find the parts of a transformer, by the class that transformers gives it.

    They are looked up once: finding each by its name takes longer than a small matrix.
    """
    found = _known.get(body)
    if found is None:  # what is kept must not hold the body itself, or it would never go
        found = _known[body] = KINDS[type(body).__name__](body)
    return found


def _bert(body: Any) -> Transformer:
    return Transformer(_embedder(body.embeddings), tuple(map(_bert_layer, body.encoder.layer)))


def _bert_layer(layer: Any) -> Layer:
    look, joined, last = layer.attention.self, layer.attention.output, layer.output
    return Layer(
        heads=look.num_attention_heads,
        scale=look.scaling,
        look=_joined(look.query, look.key, look.value),
        out=_map(joined.dense),
        norm=_norm(joined.LayerNorm),
        widen=_map(layer.intermediate.dense),
        bend=layer.intermediate.intermediate_act_fn,
        narrow=_map(last.dense),
        last_norm=_norm(last.LayerNorm),
    )


def _distilbert(body: Any) -> Transformer:
    layers = tuple(map(_distilbert_layer, body.transformer.layer))
    return Transformer(_embedder(body.embeddings), layers)


def _distilbert_layer(layer: Any) -> Layer:
    look, think = layer.attention, layer.ffn
    return Layer(
        heads=look.n_heads,
        scale=look.scaling,
        look=_joined(look.q_lin, look.k_lin, look.v_lin),
        out=_map(look.out_lin),
        norm=_norm(layer.sa_layer_norm),
        widen=_map(think.lin1),
        bend=think.activation,
        narrow=_map(think.lin2),
        last_norm=_norm(layer.output_layer_norm),
    )


def _gpt2(body: Any) -> Transformer:
    words, places, last = body.wte, body.wpe, body.ln_f

    def embed(input_ids: Tensor) -> Tensor:
        numbers = torch.arange(input_ids.shape[1], device=input_ids.device)
        vectors: Tensor = words(input_ids) + places(numbers)[None]
        return vectors

    return Transformer(embed, tuple(map(_gpt2_layer, body.h)), last, causal=True)


def _gpt2_layer(layer: Any) -> Layer:
    look, think = layer.attn, layer.mlp
    return Layer(
        heads=look.num_heads,
        scale=look.scaling,
        look=_turned(look.c_attn),
        out=_turned(look.c_proj),
        norm=_norm(layer.ln_1),
        widen=_turned(think.c_fc),
        bend=think.act,
        narrow=_turned(think.c_proj),
        last_norm=_norm(layer.ln_2),
        norms_first=True,
    )


def _vision(body: Any) -> Transformer:
    return Transformer(body.embeddings, tuple(map(_vision_layer, body.layers)), body.layernorm)


def _vision_layer(layer: Any) -> Layer:
    look, think = layer.attention, layer.mlp
    return Layer(
        heads=look.num_attention_heads,
        scale=look.scaling,
        look=_joined(look.q_proj, look.k_proj, look.v_proj),
        out=_map(look.o_proj),
        norm=_norm(layer.layernorm_before),
        widen=_map(think.fc1),
        bend=think.activation_fn,
        narrow=_map(think.fc2),
        last_norm=_norm(layer.layernorm_after),
        norms_first=True,
    )


KINDS: dict[str, Callable[[Any], Transformer]] = {
    "BertModel": _bert,
    "RobertaModel": _bert,
    "DistilBertModel": _distilbert,
    "GPT2Model": _gpt2,
    "ViTModel": _vision,
}


def _embedder(embeddings: Any) -> Callable[..., Tensor]:
    """Its vectors of tokens or, where ``inputs_embeds`` stand for the tokens, of those."""
    return lambda **inputs: embeddings(**{"input_ids": None, **inputs})


def _map(linear: nn.Linear) -> Map:
    return linear.weight, linear.bias


def _joined(*parts: nn.Linear) -> Map:
    """Put layers one behind the other in memory, each still where it was in its network."""
    with torch.inference_mode(mode=False), torch.no_grad():
        matrix = torch.cat(tuple(part.weight for part in parts))
        vector = torch.cat(tuple(part.bias for part in parts))
        for part, weight in zip(parts, matrix.chunk(len(parts)), strict=True):
            part.weight.data = weight
    return matrix, vector


def _turned(linear: Any) -> tuple[Tensor, Tensor]:
    """GPT-2 keeps its matrices the other way round."""
    return linear.weight.t(), linear.bias


def _norm(norm: nn.LayerNorm) -> Norm:
    return norm.normalized_shape, norm.weight, norm.bias, norm.eps
