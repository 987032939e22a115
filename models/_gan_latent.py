"""Latent vectors: where a sample comes from, and the ways between two of them.

A latent z has D independent numbers from a normal distribution. In many dimensions nearly all such
vectors have nearly the same length, about sqrt(D): they lie on a thin shell. The straight way
between two of them, (1 - t) a + t b, cuts through the ball and passes where the generator was
hardly ever trained: halfway between two that stand at right angles the length has fallen to
1 / sqrt(2) = 71 %, and of 64 random numbers one vector in 4,000 is as short. The spherical way,

    (sin((1 - t) w) a + sin(t w) b) / sin w,    w the angle between a and b,

stays on the shell. Sources: K. Shoemake, *Animating rotation with quaternion curves*, SIGGRAPH
1985; T. White, *Sampling generative networks*, 2016, https://arxiv.org/abs/1609.04468.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import gammaincinv

from models._errors import InputError
from models._ranges import Range, checked

__all__ = [
    "LARGEST_SEED",
    "MOST",
    "Latents",
    "Path",
    "Point",
    "Seeds",
    "Shell",
    "Truncation",
    "between",
    "draw",
    "lengths_of",
    "point",
    "read_seeds",
    "seed_of",
    "shell",
]

LARGEST_SEED = 2**31 - 1
MOST = 256  # pictures in one answer
LARGEST = 100.0  # of a latent's numbers; a normal one is below 5
PARALLEL = 1e-6  # of the sine: closer to one line the spherical way is the straight one

Latents = NDArray[np.float32]  # (N, D), or (D,) for one
Seeds = int | Sequence[int]
Point = int | Latents  # a seed, or the latent itself
Path = Literal["spherical", "linear"]
Truncation = Annotated[float, Range(0.0, 2.0, 0.05)]


@dataclass(frozen=True)
class Shell:
    """How long random latents of a dimension are."""

    dimension: int
    mean: float  # length
    low: float  # one in a hundred is shorter
    high: float  # one in a hundred is longer


@checked
def seed_of(name: str = "gallery") -> int:
    """Turn a name into a seed, the same one everywhere.

    Args:
        name: Any text; spaces around it and capitals do not count.

    Returns:
        The first 31 bits of its SHA-256.

    >>> seed_of("Gallery") == seed_of(" gallery ")
    True
    """
    plain = name.strip().casefold().encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(plain).digest()[:4]) >> 1


def read_seeds(seeds: Seeds, most: int = MOST) -> tuple[int, ...]:
    """Check seeds: one or several whole numbers from 0 to ``LARGEST_SEED``.

    Raises:
        InputError: ``seeds_count`` for none or too many, ``seed_range``.
    """
    if isinstance(seeds, int | np.integer):
        seeds = [seeds]
    several = list(seeds) if isinstance(seeds, Sequence | np.ndarray) else [seeds]
    if not 1 <= len(several) <= most:
        raise InputError("seeds_count", count=len(several), limit=most)
    return tuple(_read_seed(each) for each in several)


def _read_seed(seed: object) -> int:
    is_whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not is_whole or not 0 <= int(seed) <= LARGEST_SEED:  # type: ignore[call-overload]
        raise InputError("seed_range", value=str(seed)[:40], last=LARGEST_SEED)
    return int(seed)  # type: ignore[call-overload,no-any-return]


def draw(seeds: Sequence[int], dimension: int) -> Latents:
    """Draw one latent a seed, each from a source of chance of its own, always on the CPU.

    So a seed gives the same vector alone or among others and on every machine.

    Args:
        seeds: Checked seeds.
        dimension: D.

    Returns:
        float32 (N, D), each number normal with mean 0 and variance 1.
    """
    drawn = [
        torch.randn(dimension, generator=torch.Generator().manual_seed(seed)) for seed in seeds
    ]
    return np.asarray(torch.stack(drawn).numpy(), np.float32)


def point(place: Point, dimension: int) -> Latents:
    """Read one place of the latent space: a seed, or a vector.

    Returns:
        float32 (D,).

    Raises:
        InputError: ``seed_range``; ``latent_shape`` for a vector of another size;
            ``latent_values`` for numbers that are none, or beyond ``LARGEST``.
    """
    if not isinstance(place, np.ndarray | list | tuple):
        return draw(read_seeds(place, 1), dimension).reshape(-1)
    try:
        vector = np.asarray(place, np.float32)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("latent_values", limit=LARGEST) from error
    if vector.shape != (dimension,):
        raise InputError("latent_shape", shape=str(vector.shape), dimension=dimension)
    if not (np.abs(vector) <= LARGEST).all():  # NaN compares as false
        raise InputError("latent_values", limit=LARGEST)
    return vector


def between(start: Latents, end: Latents, parts: NDArray[np.floating], path: Path) -> Latents:
    """Walk from one latent to another.

    Args:
        start: (D,).
        end: (D,).
        parts: (steps,) 0 at the start, 1 at the end.
        path: Which way.

    Returns:
        float32 (steps, D); part 0 is ``start`` itself and part 1 ``end``.
    """
    first, last = np.asarray(start, np.float64), np.asarray(end, np.float64)
    along = np.asarray(parts, np.float64)[:, None]
    before, after = 1 - along, along
    angle = _angle(first, last)
    if path == "spherical" and math.sin(angle) > PARALLEL:
        before, after = (np.sin(part * angle) / math.sin(angle) for part in (before, after))
    found = (before * first + after * last).astype(np.float32)
    found[along[:, 0] == 0], found[along[:, 0] == 1] = start, end
    return found


def _angle(first: NDArray[np.float64], last: NDArray[np.float64]) -> float:
    """Between 0 and pi; 0 where one of the two has no direction."""
    lengths = float(np.linalg.norm(first) * np.linalg.norm(last))
    return math.acos(min(1.0, max(-1.0, float(first @ last) / lengths))) if lengths else 0.0


def lengths_of(latents: Latents) -> NDArray[np.float32]:
    """The Euclidean length of each latent: (N,)."""
    return np.asarray(np.linalg.norm(latents, axis=-1), np.float32)


def shell(dimension: int) -> Shell:
    """Say how long random latents are: the chi distribution with D degrees of freedom.

    The mean is sqrt(2) Gamma((D + 1) / 2) / Gamma(D / 2), a little under sqrt(D).

    >>> around = shell(100)
    >>> round(around.mean, 2), around.low > 8, around.high < 12
    (9.98, True, True)
    """
    half = dimension / 2
    mean = math.sqrt(2) * math.exp(math.lgamma(half + 0.5) - math.lgamma(half))
    low, high = (math.sqrt(2 * float(gammaincinv(half, part))) for part in (0.01, 0.99))
    return Shell(dimension, mean, low, high)
