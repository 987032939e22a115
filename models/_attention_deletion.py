"""Whether a ranking points at what the network used: delete its first tokens and watch.

A token is deleted by taking it out of the network before the first layer: nobody can look at it,
all others keep their positions. The sooner the probability of the predicted token falls, the
better the ranking had found what the prediction rested on: the smaller the area under its curve.
What a random order reaches is what a ranking without any knowledge would. S. Jain and B. Wallace,
*Attention is not explanation*, 2019, https://arxiv.org/abs/1902.10186; the test is that of V.
Petsiuk, A. Das and K. Saenko, *RISE*, 2018, https://arxiv.org/abs/1806.07421.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._attention_flow import METHODS, Explanation, explain_loaded
from models._attention_reader import Loaded, ModelName, Which, ask
from models._errors import InputError
from models._gate import turn
from models._ranges import Range, checked
from models._readers import Effort, effort_of, rows_at_once, runs_of
from models._reading import Reading

__all__ = ["Deletion", "deletion_effort", "deletion_so_far", "deletion_test"]

Curve = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Deletion:
    """How a prediction falls as its tokens are taken away in several orders."""

    explanation: Explanation  # the rankings
    fractions: Curve  # (steps + 1,) of the tokens taken away
    counts: NDArray[np.int64]  # (steps + 1,) how many those are
    curves: Mapping[str, Curve]  # raw, rollout, gradient -> (steps + 1,) probability
    random: Curve  # (seeds, steps + 1) the same in random orders
    orders: Mapping[str, tuple[int, ...]]  # raw, ... -> places, the first one deleted first
    areas: Mapping[str, float]  # raw, ... -> area under the curve, 0..1; small: a good ranking
    random_areas: Curve  # (seeds,)
    beaten: Mapping[str, float]  # raw, ... -> share of the random orders with a larger area
    best: str  # the ranking with the smallest area

    @property
    def is_whole(self) -> bool:
        """Whether the curves reach their ends."""
        return bool(len(self.fractions)) and self.fractions[-1] == 1


@checked
def deletion_test(
    text: str,
    model: ModelName = "mini_bert",
    pair: str | None = None,
    which: Which = 0,
    seeds: Annotated[int, Range(1, 20)] = 8,
    steps: Annotated[int, Range(2, 32)] = 12,
) -> Deletion:
    """Delete tokens in the order of each ranking, and in random orders, and watch the prediction.

    Special tokens and the place of the prediction itself stay.

    Args:
        text: With a ``[MASK]``; for GPT-2, which predicts what comes next, any text.
        model: The network.
        pair: A second text after the first.
        which: Of several hidden words, from 0.
        seeds: How many random orders.
        steps: Points of a curve after the first, at most; a short text has fewer.

    Raises:
        InputError: ``nothing_to_delete``, ``no_mask``, ``mask_cut``, ``no_such_mask``; what
            ``attend`` raises.
    """
    *_, found = deletion_so_far(text, model, pair, which, seeds, steps)
    return found


def deletion_so_far(
    text: str,
    model: ModelName = "mini_bert",
    pair: str | None = None,
    which: int = 0,
    seeds: int = 8,
    steps: int = 12,
) -> Generator[Deletion]:
    """The same for somebody who looks on: what is known after each run of the network.

    Yields:
        The curves as far as they are known for every order.
    """
    loaded, place = ask(text, model, pair, which)
    others = _others(loaded.reading, place)
    if not len(others):
        raise InputError("nothing_to_delete")
    explanation = explain_loaded(loaded, place)
    ranked = [_order(getattr(explanation, method), others) for method in METHODS]
    chance = [np.random.default_rng(seed).permutation(others) for seed in range(seeds)]
    counts = _counts(len(others), steps)
    predicted = explanation.answer.candidates[0].number
    grown = _curves(loaded, place, np.stack([*ranked, *chance]), counts, predicted)
    return (_known(explanation, ranked, counts[: curves.shape[1]], curves) for curves in grown)


def deletion_effort(
    text: str,
    model: ModelName = "mini_bert",
    pair: str | None = None,
    which: int = 0,
    seeds: int = 8,
    steps: int = 12,
) -> Effort:
    """What ``deletion_so_far`` takes; half of the tokens are there on average."""
    loaded, place = ask(text, model, pair, which)
    counts = len(_counts(len(_others(loaded.reading, place)), steps))
    orders, tokens = len(METHODS) + seeds, len(loaded.reading.ids)
    runs = counts * runs_of(orders, tokens, model)
    return effort_of(runs, counts * orders * tokens / 2, model)


def _others(reading: Reading, place: int) -> NDArray[np.int64]:
    """The places that can be deleted."""
    others: NDArray[np.int64] = np.flatnonzero(~reading.special)
    kept: NDArray[np.int64] = others[others != place]
    return kept


def _counts(others: int, steps: int) -> NDArray[np.int64]:
    """How many tokens are taken away at each point of a curve."""
    return np.unique(np.linspace(0, others, steps + 1).round().astype(np.int64))


def _known(
    explanation: Explanation,
    ranked: list[NDArray[np.int64]],
    counts: NDArray[np.int64],
    curves: Curve,
) -> Deletion:
    """What (orders, counts) probabilities say, the first orders being the ranked ones."""
    fractions = (counts / len(ranked[0])).astype(np.float32)
    areas: Curve = np.asarray(np.trapezoid(curves, fractions, axis=1), np.float32)
    named = dict(zip(METHODS, areas.tolist(), strict=False))
    chance = areas[len(METHODS) :]
    orders = zip(METHODS, ranked, strict=True)
    return Deletion(
        explanation=explanation,
        fractions=fractions,
        counts=counts,
        curves=dict(zip(METHODS, curves, strict=False)),
        random=curves[len(METHODS) :],
        orders={method: tuple(order.tolist()) for method, order in orders},
        areas=named,
        random_areas=chance,
        beaten={method: float((chance > area).mean()) for method, area in named.items()},
        best=min(named, key=lambda method: named[method]),
    )


def _order(values: Curve, others: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places, those with the largest values first; equal ones in reading order."""
    order: NDArray[np.int64] = others[np.argsort(-values[others], kind="stable")]
    return order


def _curves(
    loaded: Loaded,
    place: int,
    orders: NDArray[np.int64],
    counts: NDArray[np.int64],
    predicted: int,
) -> Generator[Curve]:
    """(orders, counts) probability of the predicted token with the first tokens taken away.

    Given after each run of the network, as far as it is known for every order.
    """
    with turn(), torch.inference_mode():
        states = loaded.embed()[0]
    many = rows_at_once(len(states), loaded.name)
    stayed = np.ones((len(orders), len(states)), bool)
    curves = np.zeros((len(orders), len(counts)), np.float32)
    for number, count in enumerate(counts):
        np.put_along_axis(stayed, orders[:, :count], values=False, axis=1)
        for start in range(0, len(orders), many):
            rows = slice(start, start + many)
            curves[rows, number] = _chances(loaded, place, states, stayed[rows], predicted)
            is_last = start + many >= len(orders)
            yield curves[:, : number + is_last].copy()


def _chances(
    loaded: Loaded, place: int, states: torch.Tensor, stayed: NDArray[np.bool_], predicted: int
) -> Curve:
    """(rows,) probability of the predicted token with only the tokens that stayed in each row."""
    left = torch.from_numpy(np.nonzero(stayed)[1].reshape(len(stayed), -1)).to(states.device)
    at = torch.from_numpy(stayed[:, :place].sum(1))  # it moves up as those before it go
    with turn(), torch.inference_mode():
        kept = loaded.body.states_at(states[left], at[:, None].to(states.device))
        chances: Curve = loaded.log_probabilities(kept[:, 0])[:, predicted].exp().cpu().numpy()
    return chances
