"""Whether a map can be believed: two tests that need no taste.

Deletion and insertion (Petsiuk, Das and Saenko, *RISE*, 2018) take away the pixels that a map calls
important, most important first, and watch the answer's probability fall; or bring them back onto a
blurred photo and watch it rise. A map that names the right pixels has a small area under the first
curve and a large one under the second. The same in random order is what a map without any knowledge
would reach.

The sanity check of Adebayo et al. (*Sanity Checks for Saliency Maps*, 2018) replaces the trained
weights by random ones, from the last layer down. A map that hardly changes did not depend
on what the network had learned: it draws the edges of the photo.
"""

import copy
from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models._attribution import Attribution, Method, attribute, explain
from models._errors import InputError
from models._gate import turn
from models._graph import Trace, trace
from models._images import Pixels
from models._pixel_maps import blur
from models._ranges import Range, checked
from models._sight import ModelName, Sight, check_target, look, network_of, normalise

__all__ = ["Curves", "Randomised", "deletion_insertion", "randomise"]

Steps = Annotated[int, Range(4, 64, 4)]


@dataclass(frozen=True, eq=False)
class Curves:
    """How the probability of a class follows the pixels that are there."""

    fractions: NDArray[np.float32]  # (steps + 1,) of the pixels taken away or brought back
    deletion: NDArray[np.float32]  # (steps + 1,) probability
    insertion: NDArray[np.float32]
    random_deletion: NDArray[np.float32]  # the same with the pixels in random order
    random_insertion: NDArray[np.float32]
    target: int

    @property
    def areas(self) -> dict[str, float]:
        """The area under each curve, 0..1."""
        names = ("deletion", "insertion", "random_deletion", "random_insertion")
        return {name: float(np.trapezoid(getattr(self, name), self.fractions)) for name in names}


@dataclass(frozen=True, eq=False)
class Randomised:
    """The map after the weights of the last layers were replaced by random ones."""

    stage: int  # 1, 2, ... of ``stages``
    stages: int
    layer: str  # this layer and all after it are random
    layers: int  # how many those are
    attribution: Attribution
    similarity: float  # rank correlation of the map with the trained network's, -1..1


@checked
def deletion_insertion(
    photo: Pixels,
    attribution: Attribution | NDArray[np.float32] | str = "grad_cam",
    model: ModelName = "tiny_vgg",
    target: Annotated[int | None, Range(0, 999)] = None,
    steps: Steps = 32,
) -> Curves:
    """Take pixels away, and bring them back, in the order of a map.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        attribution: The map: from ``attribute``, an array (side, side), or a method's name.
        model: The network that answered.
        target: Number of the class; None: the map's, or the network's first answer.
        steps: Points of a curve.

    Returns:
        Both curves, both again in random order, and their areas.

    Raises:
        InputError: ``map_shape`` when the map is not as large as what the network was shown.
    """
    if isinstance(attribution, str):
        method: Method = attribution  # type: ignore[assignment]  # attribute checks it
        attribution = attribute(photo, model, method, target)
    check_target(target, model)
    values = attribution.values if isinstance(attribution, Attribution) else attribution
    values = np.asarray(values, np.float32)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not 64 <= len(values) <= 320:
        raise InputError("map_shape", shape=str(values.shape))
    sight = look(photo, model, len(values))
    if target is None and isinstance(attribution, Attribution):
        target = attribution.target
    ranks = _ranks(values)
    chance = np.random.default_rng(0).permutation(values.size).reshape(values.shape)
    curves, chosen = _curves(sight, (ranks, chance), model, target, steps)
    fractions = np.linspace(0, 1, steps + 1, dtype=np.float32)
    deletion, insertion, random_deletion, random_insertion = curves
    return Curves(fractions, deletion, insertion, random_deletion, random_insertion, chosen)


@checked
def randomise(
    photo: Pixels,
    model: ModelName = "tiny_vgg",
    method: Method = "grad_cam",
    target: Annotated[int | None, Range(0, 999)] = None,
    layer: str | None = None,
    stages: Annotated[int, Range(2, 12)] = 5,
) -> Generator[Randomised]:
    """Replace the weights by random ones from the last layer down, and map again.

    Weights are drawn with the mean and deviation of those they replace, always the same ones. The
    network is a private copy.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network.
        method: How to ask.
        target: Number of the class; None: the trained network's first answer.
        layer: As in ``attribute``.
        stages: In how many steps to go from the last layer to the first.

    Yields:
        A map per step, with its similarity to the trained network's.
    """
    usual = attribute(photo, model, method, target, layer)
    return _randomise(look(photo, model), usual, stages)


def _randomise(sight: Sight, usual: Attribution, stages: int) -> Generator[Randomised]:
    private = copy.deepcopy(network_of(usual.model))
    network = trace(private)
    learned = _learned(network)
    stops = np.unique(np.linspace(1, len(learned), min(stages, len(learned))).round().astype(int))
    generator = torch.Generator().manual_seed(0)
    done = 0
    for stage, stop in enumerate(stops.tolist(), start=1):
        for _, module in learned[done:stop]:
            _shake(module, generator)
        done = stop
        found = explain(network, sight, usual.model, usual.method, usual.target, usual.layer)
        similarity = _rank_correlation(usual.values, found.values)
        yield Randomised(stage, len(stops), learned[stop - 1][0], stop, found, similarity)


def _learned(network: Trace) -> list[tuple[str, nn.Module]]:
    """The convolutions and linear layers, last first."""
    found: list[tuple[str, nn.Module]] = []
    for node in reversed(network.layers):
        module = network.module_of(node)
        if isinstance(module, nn.Conv2d | nn.Linear):
            found.append((network.names[node.name], module))
    return found


def _shake(module: nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for weights in module.parameters():
            spread = float(weights.std()) if weights.numel() > 1 else 0.0
            drawn = torch.randn(weights.shape, generator=generator).to(weights)
            weights.copy_(drawn * spread + weights.mean())


def _rank_correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    from scipy.stats import rankdata

    one, other = (rankdata(values.ravel()) for values in (first, second))
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """0 for the largest value, 1 for the next, ...; equal values in reading order."""
    order = np.argsort(-values.ravel(), kind="stable")
    ranks = np.empty(values.size, np.int64)
    ranks[order] = np.arange(values.size)
    return ranks.reshape(values.shape)


def _curves(
    sight: Sight,
    orders: tuple[NDArray[np.int64], NDArray[np.int64]],
    model: ModelName,
    target: int | None,
    steps: int,
) -> tuple[list[NDArray[np.float32]], int]:
    """Deletion and insertion along each order: probabilities, and the class they are of."""
    batch = normalise(sight.pixels, model)
    network = network_of(model)
    counts = torch.linspace(0, orders[0].size, steps + 1, device=batch.device).round()
    probabilities: list[torch.Tensor] = []
    for ranks in orders:
        rank = torch.from_numpy(ranks).to(batch.device)
        gone = (rank[None] < counts[:, None, None])[:, None]  # (steps + 1, 1, side, side)
        for pictures in (
            torch.where(gone, torch.zeros_like(batch), batch),
            torch.where(gone, batch, blur(batch)),
        ):
            with turn(), torch.inference_mode():
                parts = [network(part).softmax(1) for part in torch.split(pictures, 16)]
            probabilities.append(torch.cat(parts))
    chosen = int(probabilities[0][0].argmax()) if target is None else target
    return [one[:, chosen].float().cpu().numpy() for one in probabilities], chosen
