"""What a prediction owes to each head: switch it off and see the prediction move.

What a head has gathered is replaced by zeros before the layer goes on; a layer that is off has all
its heads off and goes on with its feed-forward network. P. Michel, O. Levy and G. Neubig, *Are
sixteen heads really better than one?*, 2019, https://arxiv.org/abs/1905.10650.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models._attention_off import Off, Pairs, heads_off
from models._attention_reader import (
    Answer,
    Loaded,
    ModelName,
    Which,
    answer_at,
    ask,
)
from models._gate import turn
from models._ranges import checked
from models._readers import Effort, effort_of, rows_at_once, runs_of

__all__ = [
    "Effect",
    "Effects",
    "Shift",
    "Switched",
    "effect_of_heads",
    "effects_effort",
    "effects_so_far",
    "switch_off",
]


@dataclass(frozen=True)
class Effect:
    """What happens to a prediction without one head, or without one layer's heads."""

    layer: int
    head: int | None  # None: all of the layer
    change: float  # of the logarithm of the predicted token's probability; below 0: it fell
    probability: float  # of the predicted token without it
    instead: str  # what is the first answer without it


@dataclass(frozen=True, eq=False)
class Effects:
    """What a prediction owes to every head and every layer."""

    answer: Answer  # with all heads; its first candidate is the predicted token
    heads: NDArray[np.float32]  # (layers, heads) change of its log-probability without the head
    layers: NDArray[np.float32]  # (layers,) without all heads of the layer
    ranked: tuple[Effect, ...]  # every head, the largest change first
    ranked_layers: tuple[Effect, ...]  # every layer, the largest change first


@dataclass(frozen=True)
class Shift:
    """How probable one token is before and after heads were switched off."""

    word: str  # as it reads in a text
    number: int  # in the vocabulary
    before: float  # probability with all heads
    after: float


@dataclass(frozen=True, eq=False)
class Switched:
    """A prediction with all heads and without some."""

    usual: Answer  # with all heads
    changed: Answer  # without those that are off
    shifts: tuple[Shift, ...]  # the first answers of both, in the usual order
    change: float  # of the logarithm of the usual first answer's probability
    off: Pairs  # (layer, head) of those switched off


@checked
def switch_off(
    text: str,
    off: Off = "0-0",
    model: ModelName = "mini_bert",
    pair: str | None = None,
    which: Which = 0,
) -> Switched:
    """Switch heads off and see one prediction move.

    Args:
        text: With a ``[MASK]``; for GPT-2, which predicts what comes next, any text.
        off: The heads, as in ``attend``: ``2-1,3``.
        model: The network.
        pair: A second text after the first.
        which: Of several hidden words, from 0.

    Raises:
        InputError: ``no_mask``, ``mask_cut``, ``no_such_mask``; what ``attend`` raises.
    """
    loaded, place = ask(text, model, pair, which)
    body = loaded.body
    pairs = heads_off(off, len(body.layers), body.heads)
    with turn(), torch.inference_mode():
        states = loaded.embed()
        at = torch.tensor([[place]], device=states.device)
        both = [body.states_at(states, at, keep)[0, 0] for keep in (None, loaded.keep(pairs))]
        logs = loaded.log_probabilities(torch.stack(both))
        usual, changed = (answer_at(loaded, place, each) for each in logs)
        named = {each.number: each.shown for each in usual.candidates + changed.candidates}
        before, after = logs[:, list(named)].exp().tolist()
        first = usual.candidates[0].number
        change = float(logs[1, first] - logs[0, first])
    rows = sorted(zip(named.values(), named, before, after, strict=True), key=lambda row: -row[2])
    return Switched(usual, changed, tuple(Shift(*row) for row in rows), change, pairs)


@checked
def effect_of_heads(
    text: str, model: ModelName = "mini_bert", pair: str | None = None, which: Which = 0
) -> Effects:
    """Switch every head off in turn, and every layer's heads together.

    Args:
        text: With a ``[MASK]``; for GPT-2, which predicts what comes next, any text.
        model: The network.
        pair: A second text after the first.
        which: Of several hidden words, from 0.

    Raises:
        InputError: ``no_mask``, ``mask_cut``, ``no_such_mask``; what ``attend`` raises.
    """
    *_, found = effects_so_far(text, model, pair, which)
    return found


def effects_so_far(
    text: str, model: ModelName = "mini_bert", pair: str | None = None, which: int = 0
) -> Generator[Effects]:
    """The same for somebody who looks on: what is known after each run of the network.

    Yields:
        The effects known so far, layer by layer; NaN stands for what is not known yet.
    """
    loaded, place = ask(text, model, pair, which)
    with turn(), torch.inference_mode():
        before = loaded.body.all_states(loaded.embed())  # what comes into each layer
        usual = loaded.log_probabilities(before.pop()[:, place])[0]
    return _effects(loaded, place, before, usual)


def effects_effort(
    text: str, model: ModelName = "mini_bert", pair: str | None = None, which: int = 0
) -> Effort:
    """What ``effects_so_far`` takes; the run of a layer begins there."""
    loaded, _ = ask(text, model, pair, which)
    rows, layers, tokens = loaded.body.heads + 1, len(loaded.body.layers), len(loaded.reading.ids)
    return effort_of(layers * runs_of(rows, tokens, model), layers * rows * tokens / 2, model)


def _effects(
    loaded: Loaded, place: int, before: list[torch.Tensor], usual: torch.Tensor
) -> Generator[Effects]:
    answer, predicted = answer_at(loaded, place, usual), int(usual.argmax())
    changes = np.full((len(before), loaded.body.heads + 1), np.nan, np.float32)
    found: list[Effect] = []
    for layer, states in enumerate(before):
        head = 0
        for part in _without(loaded, layer, states, place):
            for logs in part:
                found.append(_effect(loaded, (layer, head), logs, usual, predicted))
                changes[layer, head] = found[-1].change
                head += 1
            yield Effects(
                answer=answer,
                heads=changes[:, :-1].copy(),
                layers=changes[:, -1].copy(),
                ranked=_ranked([each for each in found if each.head is not None]),
                ranked_layers=_ranked([each for each in found if each.head is None]),
            )


def _without(
    loaded: Loaded, layer: int, states: torch.Tensor, place: int
) -> Generator[torch.Tensor]:
    """Log-probabilities (n, vocabulary) without each head of a layer; the last: without all.

    Up to that layer nothing changes, so that the run starts there.
    """
    body = loaded.body
    keep = torch.ones(len(body.layers) - layer, body.heads + 1, body.heads, device=states.device)
    keep[0, :-1].fill_diagonal_(0)
    keep[0, -1] = 0
    for part in torch.split(keep, rows_at_once(states.shape[1], loaded.name), 1):
        with turn(), torch.inference_mode():
            rows = states.expand(part.shape[1], -1, -1)
            at = torch.full((len(rows), 1), place, device=states.device)
            logs = loaded.log_probabilities(body.states_at(rows, at, part, layer)[:, 0])
        yield logs


def _effect(
    loaded: Loaded, name: tuple[int, int], logs: torch.Tensor, usual: torch.Tensor, predicted: int
) -> Effect:
    layer, head = name
    return Effect(
        layer=layer,
        head=head if head < loaded.body.heads else None,
        change=float(logs[predicted] - usual[predicted]),
        probability=float(logs[predicted].exp()),
        instead=loaded.word(int(logs.argmax())),
    )


def _ranked(effects: list[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(effects, key=lambda each: -abs(each.change)))
