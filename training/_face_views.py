"""Show a face a little differently each time, so that a network cannot learn photos by heart."""

import math

import torch
import torch.nn.functional as F

__all__ = ["Change", "views"]

Change = tuple[float, float]  # least and most
TURN = math.radians(10)  # to either side
GROW = 0.12  # largest natural logarithm of the change of size
SQUEEZE = 0.06  # largest natural logarithm of the change of aspect
SHIFT = 0.09  # of half a side, along both axes
CONTRAST, BRIGHTNESS, NOISE = 0.35, 0.2, 0.04
GAMMA = 0.4  # largest natural logarithm of the exponent
BLURRED, HIDDEN = 0.3, 0.4  # share of faces
COARSEST = 36  # pixels that a blurred face is brought down to
LARGEST = 56  # pixels of a side of what is hidden


def _even(count: int, most: float, generator: torch.Generator) -> torch.Tensor:
    """Random numbers, evenly from -most to most."""
    return (2 * torch.rand(count, generator=generator) - 1) * most


def views(faces: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Turn, shift, mirror, brighten, blur and partly hide faces.

    Args:
        faces: float32 (n, 1, side, side) in 0..1.
        generator: Where the random numbers come from.

    Returns:
        As given, each face changed in its own way.
    """
    moved = _moved(faces, generator)
    toned = _toned(moved, generator)
    return _hidden(_blurred(toned, generator), generator)


def _moved(faces: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    count = len(faces)
    angle = _even(count, TURN, generator)
    grown = _even(count, GROW, generator).exp()
    squeezed = _even(count, SQUEEZE, generator).exp()
    mirror = 2.0 * torch.randint(0, 2, (count,), generator=generator) - 1
    window = torch.empty(count, 2, 3)  # maps the result's -1..1 to the face's -1..1
    window[:, 0, 0] = grown * squeezed * angle.cos() * mirror
    window[:, 0, 1] = -grown * squeezed * angle.sin()
    window[:, 1, 0] = grown / squeezed * angle.sin() * mirror
    window[:, 1, 1] = grown / squeezed * angle.cos()
    window[:, 0, 2] = _even(count, SHIFT, generator)
    window[:, 1, 2] = _even(count, SHIFT, generator)
    grid = F.affine_grid(window.to(faces), list(faces.shape), align_corners=False)
    return F.grid_sample(faces, grid, align_corners=False, padding_mode="border")


def _toned(faces: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    count = len(faces)
    gamma = _even(count, GAMMA, generator).exp().view(-1, 1, 1, 1).to(faces)
    contrast = _even(count, CONTRAST, generator).exp().view(-1, 1, 1, 1).to(faces)
    bright = _even(count, BRIGHTNESS, generator).view(-1, 1, 1, 1).to(faces)
    side = torch.linspace(-1, 1, faces.shape[-1]).to(faces)
    lamp = _even(2 * count, 0.25, generator).view(2, -1, 1, 1, 1).to(faces)  # light from a side
    light = lamp[0] * side + lamp[1] * side[:, None]
    noise = NOISE * torch.rand(count, generator=generator).view(-1, 1, 1, 1)
    grain = torch.randn(faces.shape, generator=generator) * noise
    toned = (faces.clamp(0.001, 1) ** gamma - 0.5) * contrast + 0.5 + bright
    return (toned * (1 + light) + grain.to(faces)).clamp(0, 1)


def _blurred(faces: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Bring a share of the faces down to few pixels and up again."""
    chosen = torch.rand(len(faces), generator=generator) < BLURRED
    if not chosen.any():
        return faces
    side = int(torch.randint(COARSEST, faces.shape[-1], (1,), generator=generator))
    small = F.interpolate(faces[chosen], (side, side), mode="bilinear", antialias=True)
    faces[chosen] = F.interpolate(small, faces.shape[-2:], mode="bilinear")
    return faces


def _hidden(faces: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Cover a rectangle of a share of the faces with one grey."""
    side = faces.shape[-1]
    chosen = torch.rand(len(faces), generator=generator) < HIDDEN
    for number in chosen.nonzero().flatten().tolist():
        high, wide = torch.randint(side // 8, LARGEST, (2,), generator=generator).tolist()
        top, left = torch.randint(-high // 2, side - high // 2, (2,), generator=generator).tolist()
        grey = torch.rand(1, generator=generator).item()
        faces[number, :, max(top, 0) : top + high, max(left, 0) : left + wide] = grey
    return faces
