"""What happens to an answer, and to its map, when the photo is moved, turned, scaled or mirrored.

A convolution moves its output along with its input (it is equivariant to shifts, up to its stride
and its rim). Nothing makes it do the same for turns and sizes: it answers to those only as far as
it has seen them in training.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from models._attribution import Attribution, Method, explain
from models._gate import turn
from models._graph import trace
from models._images import Pixels, as_pixels
from models._ranges import Range, checked
from models._sight import (
    ModelName,
    Sight,
    check_target,
    find_classifier,
    look,
    network_of,
    normalise,
)

__all__ = ["Motion", "Moved", "Sweep", "Sweepable", "move", "sweep"]

Shift = Annotated[int, Range(-50, 50, 5, "%")]
Angle = Annotated[int, Range(-180, 180, 5, "°")]
Scale = Annotated[float, Range(0.3, 3.0, 0.1, "×")]
Sweepable = Literal["angle", "scale", "right", "down"]
ENDS: dict[Sweepable, tuple[float, float]] = {  # what a sweep runs through
    "angle": (-180, 180),
    "scale": (0.3, 3.0),
    "right": (-50, 50),
    "down": (-50, 50),
}
FINER = 4  # pictures are moved at this many times the network's resolution, then made small


@dataclass(frozen=True)
class Motion:
    """How a picture is moved, in the order: mirrored, scaled, turned, shifted."""

    right: float = 0  # percent of the width
    down: float = 0  # percent of the height
    angle: float = 0  # degrees, counter-clockwise
    scale: float = 1
    mirror: bool = False

    @property
    def coefficients(self) -> tuple[float, float, float, float, float, float]:
        """Where a pixel of the answer comes from, for a square from -1 to 1: a, b, c, d, e, f."""
        cosine, sine = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        a, b, d, e = (value / self.scale for value in (cosine, -sine, sine, cosine))
        x, y = self.right / 50, self.down / 50
        sign = -1 if self.mirror else 1
        return sign * a, sign * b, -sign * (a * x + b * y), d, e, -(d * x + e * y)


@dataclass(frozen=True, eq=False)
class Moved:
    """The answers and maps before and after."""

    motion: Motion
    before: Attribution
    after: Attribution
    probabilities_before: NDArray[np.float32]  # (classes,)
    probabilities_after: NDArray[np.float32]
    expected: NDArray[np.float32]  # (side, side) the map before, moved like the photo
    agreement: float  # correlation of ``expected`` with the map after, -1..1


@dataclass(frozen=True, eq=False)
class Sweep:
    """The probability of a class along one kind of motion."""

    by: Sweepable
    settings: NDArray[np.float32]  # (points,) degrees, factors or percent
    probabilities: NDArray[np.float32]  # (points,) of the target
    answers: NDArray[np.int64]  # (points,) the class that the network names there
    target: int


@checked
def move(
    photo: Pixels,
    model: ModelName = "tiny_vgg",
    method: Method = "grad_cam",
    right: Shift = 0,
    down: Shift = 0,
    angle: Angle = 0,
    scale: Scale = 1.0,
    mirror: bool = False,
    target: Annotated[int | None, Range(0, 999)] = None,
    layer: str | None = None,
) -> Moved:
    """Move, turn, scale or mirror a photo and ask again.

    What comes in at the rim has the mean colour of the training photos.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network.
        method: How the maps are made.
        right: Shift to the right, in percent of the width.
        down: Shift down, in percent of the height.
        angle: Turn counter-clockwise, in degrees.
        scale: Enlargement; below 1 the photo gets smaller.
        mirror: Swap left and right first.
        target: Number of the class; None: the first answer to the unmoved photo.
        layer: As in ``attribute``.

    Returns:
        Probabilities and maps before and after, and whether the map moved along.
    """
    check_target(target, model)
    motion = Motion(right, down, angle, scale, mirror)
    still, moved = (_sights(photo, model, [one])[0] for one in (Motion(), motion))
    shares = _probabilities(np.stack([still.pixels, moved.pixels]), model)
    chosen = int(shares[0].argmax()) if target is None else target
    network = trace(network_of(model))
    before, after = (
        explain(network, sight, model, method, chosen, layer) for sight in (still, moved)
    )
    expected = _warp(Image.fromarray(before.values), motion, 0).astype(np.float32)
    return Moved(
        motion, before, after, shares[0], shares[1], expected, _correlation(expected, after.values)
    )


@checked
def sweep(
    photo: Pixels,
    model: ModelName = "tiny_vgg",
    by: Sweepable = "angle",
    target: Annotated[int | None, Range(0, 999)] = None,
    points: Annotated[int, Range(5, 73, 2)] = 25,
) -> Sweep:
    """Follow the probability of a class through a whole turn, a zoom or a shift.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network.
        by: What is changed.
        target: Number of the class; None: the first answer to the unmoved photo.
        points: How many settings are tried.

    Returns:
        The probability and the network's answer at each setting.
    """
    check_target(target, model)
    low, high = ENDS[by]
    spaced = np.geomspace if by == "scale" else np.linspace
    settings = spaced(low, high, points).astype(np.float32)
    motions = [Motion(), *(_only(by, float(value)) for value in settings)]
    pixels = np.stack([sight.pixels for sight in _sights(photo, model, motions)])
    shares = _probabilities(pixels, model)
    chosen = int(shares[0].argmax()) if target is None else target
    return Sweep(by, settings, shares[1:, chosen], shares[1:].argmax(axis=1), chosen)


def _only(by: Sweepable, value: float) -> Motion:
    named: dict[str, Any] = {by: value}
    return Motion(**named)


def _sights(photo: Pixels, model: ModelName, motions: list[Motion]) -> list[Sight]:
    """What the network is shown of the moved photo; moved while it is still fine."""
    classifier = find_classifier(model)
    sight = look(photo, model)
    top, left, height, width = sight.box
    pixels = as_pixels(photo)[max(0, top) : top + height, max(0, left) : left + width]
    side = classifier.input_size
    fine = min(FINER * side, max(side, height))
    resized = Image.fromarray(pixels).convert("RGB").resize((fine, fine), Image.Resampling.BOX)
    mean = tuple(round(255 * value) for value in classifier.mean)
    moved = [_warp(resized, motion, mean) for motion in motions]
    small = [Image.fromarray(one).resize((side, side), Image.Resampling.BILINEAR) for one in moved]
    return [Sight(np.asarray(one), sight.box) for one in small]


def _warp(picture: Image.Image, motion: Motion, fill: int | tuple[int, ...]) -> NDArray[np.generic]:
    a, b, c, d, e, f = motion.coefficients
    half = picture.width / 2  # from the square -1..1 to pixels
    data = (a, b, half * (c + 1 - a - b), d, e, half * (f + 1 - d - e))
    moved = picture.transform(
        picture.size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR, fillcolor=fill
    )
    return np.asarray(moved)


def _probabilities(pixels: Pixels, model: ModelName) -> NDArray[np.float32]:
    network = network_of(model)
    with turn(), torch.inference_mode():
        parts = [network(part).softmax(1) for part in torch.split(normalise(pixels, model), 16)]
    shares: NDArray[np.float32] = torch.cat(parts).float().cpu().numpy()
    return shares


def _correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
