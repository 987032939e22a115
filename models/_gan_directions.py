"""Directions of the latent space along which pictures change most.

Nobody told the generator what a slant is, yet some directions change little else. To find them: let
many random latents z through the first stages of the generator; the principal components v_k of
their activations y are where those vary most; and the latent move that brings about each of them is
found by regression, u_k = the least squares answer to z = sum over k of u_k x_k with
x = V^T (y - mean). Source: E. Harkonen et al., *GANSpace: discovering interpretable GAN controls*,
2020, https://arxiv.org/abs/2004.02546. Classes differ in their activations too, which no latent can
change: activations are measured from the mean of their class.
"""

import functools
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_latent import Latents
from models._gan_network import BATCH, Labels, ModelName, find_gan, generator_of
from models._gate import turn
from models._ranges import Range

__all__ = ["MOST_DIRECTIONS", "Basis", "Stage", "find_basis"]

MOST_DIRECTIONS = 16
DRAWN = 384  # latents
TWINS = 0.7  # cosine of two moves, from which they are taken for one
Stage = Annotated[int, Range(0, 3)]


@dataclass(frozen=True, eq=False)
class Basis:
    """Principal directions, the strongest first."""

    vectors: Latents  # (directions, D) of length 1
    shares: NDArray[np.float32]  # (directions,) of the variance of the activations, 0..1
    fits: NDArray[np.float32]  # (directions,) how well a straight move in z brings it about, R^2


@functools.lru_cache(maxsize=16)
def find_basis(model: ModelName, stage: int, label: int | None) -> Basis:
    """Find the directions of a stage.

    Args:
        model: The generator.
        stage: 0: the linear layer, 1 and more: after that many blocks.
        label: Number of a class; None: all in turn.

    Returns:
        At most ``MOST_DIRECTIONS``. A component whose move is nearly that of an earlier one is
        left out: it is the same move, bent by what comes after it.

    Raises:
        InputError: ``stage_range``.
    """
    kind = find_gan(model)
    last = len(kind.widths) - 1
    if stage > last:
        raise InputError("stage_range", value=stage, last=last)
    known = len(kind.classes)
    labels = np.full(DRAWN, label) if label is not None else np.arange(DRAWN) % known
    latents = _even(np.random.default_rng(0).standard_normal((DRAWN, kind.latent)), labels)
    activations = _activations(latents, labels, model, stage)
    centred = _from_class_mean(activations, labels).astype(np.float32)
    return _without_twins(principal_moves(latents, centred))


def principal_moves(latents: NDArray[np.float64], activations: NDArray[np.floating]) -> Basis:
    """Principal components of activations, and the latent move behind each.

    Args:
        latents: (N, D) with mean 0.
        activations: (N, numbers) with mean 0.

    Returns:
        Twice ``MOST_DIRECTIONS`` components at most, with moves of length 1; the largest number
        of a move is positive.
    """
    table = activations @ activations.T  # (N, N), small where activations are wide
    values, parts = np.linalg.eigh(table.astype(np.float64))
    values, parts = values[::-1].clip(0), parts[:, ::-1]
    count = min(2 * MOST_DIRECTIONS, latents.shape[1])
    coordinates = parts[:, :count]  # (N, count) orthonormal: x up to its scale
    moves = coordinates.T @ latents  # least squares, because x is orthogonal
    moves /= np.linalg.norm(moves, axis=1, keepdims=True)
    strongest = np.take_along_axis(moves, np.abs(moves).argmax(1)[:, None], 1)
    moves *= np.sign(strongest)
    reached = latents @ moves.T  # (N, count)
    together = (reached * coordinates).sum(0) ** 2
    fits = together / (reached**2).sum(0)  # x has length 1 and mean 0
    shares = values[:count] / values.sum()
    return Basis(*(each.astype(np.float32) for each in (moves, shares, fits)))


def _without_twins(basis: Basis) -> Basis:
    kept: list[int] = []
    for number, move in enumerate(basis.vectors):
        if not (np.abs(basis.vectors[kept] @ move) > TWINS).any():
            kept.append(number)
    kept = kept[:MOST_DIRECTIONS]
    return Basis(basis.vectors[kept], basis.shares[kept], basis.fits[kept])


def _even(latents: NDArray[np.float64], labels: Labels) -> NDArray[np.float64]:
    """Latents whose mean in every class is 0 and whose covariance is 1.

    What chance left over would blur the regression; so a linear stage is taken apart exactly.
    """
    centred = _from_class_mean(latents, labels)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    evened: NDArray[np.float64] = centred @ (vectors / np.sqrt(values)) @ vectors.T
    return evened


def _from_class_mean(rows: NDArray[np.floating], labels: Labels) -> NDArray[np.float64]:
    centred = np.array(rows, np.float64)
    for label in np.unique(labels):
        centred[labels == label] -= centred[labels == label].mean(0)
    return centred


def _activations(
    latents: NDArray[np.float64], labels: Labels, model: ModelName, stage: int
) -> NDArray[np.float32]:
    """(N, numbers) after a stage, leaving the machine between batches."""
    generator, place = generator_of(model)
    found = []
    for start in range(0, len(latents), BATCH):
        part = slice(start, start + BATCH)
        with turn(), torch.inference_mode():
            given = torch.tensor(latents[part], dtype=torch.float32, device=place)
            stages = generator.stages(given, torch.tensor(labels[part], device=place))
            found.append(stages[stage].float().flatten(1).cpu().numpy())
    return np.concatenate(found)
