"""What a prediction owes to each head: switch it off and see the prediction move.

What a head has gathered is replaced by zeros before the layer goes on; a layer that is off has all
its heads off and goes on with its feed-forward network. P. Michel, O. Levy and G. Neubig, *Are
sixteen heads really better than one?*, 2019, https://arxiv.org/abs/1905.10650.
"""

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

__all__ = ["Effect", "Effects", "Shift", "Switched", "effect_of_heads", "switch_off"]


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
    anatomy = loaded.anatomy
    pairs = heads_off(off, len(anatomy.layers), anatomy.heads)
    with turn(), torch.inference_mode():
        states = loaded.embed()
        both = [anatomy.finish(states, keep)[0, place] for keep in (None, loaded.keep(pairs))]
        logs = loaded.log_probabilities(torch.stack(both))
        usual, changed = (answer_at(loaded, place, each) for each in logs)
        named = {each.number: each.word for each in usual.candidates + changed.candidates}
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
    loaded, place = ask(text, model, pair, which)
    with turn(), torch.inference_mode():
        before = [loaded.embed()]  # what comes into each layer
        before += [states for states, _ in loaded.anatomy.run(before[0])]
        usual = loaded.log_probabilities(before.pop()[:, place])[0]
    predicted = int(usual.argmax())
    found = [_without(loaded, number, states, place) for number, states in enumerate(before)]
    effects = [
        [_effect(loaded, (layer, head), logs, usual, predicted) for head, logs in enumerate(rows)]
        for layer, rows in enumerate(found)
    ]
    heads = [each for row in effects for each in row[:-1]]
    layers = [row[-1] for row in effects]
    changes = np.array([[each.change for each in row] for row in effects], np.float32)
    return Effects(
        answer=answer_at(loaded, place, usual),
        heads=changes[:, :-1],
        layers=changes[:, -1],
        ranked=_ranked(heads),
        ranked_layers=_ranked(layers),
    )


def _without(loaded: Loaded, layer: int, states: torch.Tensor, place: int) -> torch.Tensor:
    """(heads + 1, vocabulary) log-probabilities without each head of a layer; last: without all.

    Up to that layer nothing changes, so that the run starts there.
    """
    anatomy = loaded.anatomy
    keep = torch.ones(len(anatomy.layers) - layer, anatomy.heads + 1, anatomy.heads)
    keep[0, :-1].fill_diagonal_(0)
    keep[0, -1] = 0
    with turn(), torch.inference_mode():
        states = states.expand(anatomy.heads + 1, -1, -1)
        states = anatomy.finish(states, keep.to(states.device), layer)
        return loaded.log_probabilities(states[:, place])


def _effect(
    loaded: Loaded, name: tuple[int, int], logs: torch.Tensor, usual: torch.Tensor, predicted: int
) -> Effect:
    layer, head = name
    return Effect(
        layer=layer,
        head=head if head < loaded.anatomy.heads else None,
        change=float(logs[predicted] - usual[predicted]),
        probability=float(logs[predicted].exp()),
        instead=loaded.word(int(logs.argmax())),
    )


def _ranked(effects: list[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(effects, key=lambda each: -abs(each.change)))
