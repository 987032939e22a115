"""Change real and generated pictures alike before the discriminator sees them.

With a few hundred pictures a class the discriminator soon knows each by heart. If every picture,
real or made, is shown to it shifted, covered in part and recoloured at random, by steps that pass
gradients on, it cannot, and the generator does not learn the changes: S. Zhao et al.,
*Differentiable augmentation for data-efficient GAN training*, 2020,
https://arxiv.org/abs/2006.10738.
"""

import torch
import torch.nn.functional as F

__all__ = ["augment", "mirror", "shift"]

SHIFT = 0.125  # of the side, at most, each way
HOLE = 0.5  # of the side


def augment(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Recolour, shift and cover pictures (N, 3, side, side) in -1..1, each in its own way."""
    most = round(pictures.shape[-1] * SHIFT)
    return _cover(shift(_recolour(pictures, generator), most, generator), generator)


def mirror(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Mirror half of the pictures."""
    turned = torch.rand(len(pictures), 1, 1, 1, generator=generator) < 0.5
    return torch.where(turned.to(pictures.device), pictures.flip(3), pictures)


def shift(
    pictures: torch.Tensor, most: int, generator: torch.Generator, outside: float = 0.0
) -> torch.Tensor:
    """Move each picture by up to ``most`` pixels each way; what comes in is ``outside``."""
    count, _, side, _ = pictures.shape
    by = torch.randint(0, 2 * most + 1, (2, count, 1), generator=generator)
    rows, columns = (torch.arange(side) + by).to(pictures.device)  # (count, side)
    padded = F.pad(pictures, (most, most, most, most), value=outside).permute(0, 2, 3, 1)
    one = torch.arange(count, device=pictures.device)[:, None, None]
    return padded[one, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _recolour(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Brightness by up to half of 0..1, saturation from 0 to 2, contrast from 0.5 to 1.5."""
    drawn = torch.rand(3, len(pictures), 1, 1, 1, generator=generator).to(pictures)
    pictures = pictures + drawn[0] - 0.5
    grey = pictures.mean(1, keepdim=True)
    pictures = grey + (pictures - grey) * 2 * drawn[1]
    middle = pictures.mean((1, 2, 3), keepdim=True)
    return middle + (pictures - middle) * (0.5 + drawn[2])


def _cover(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    count, _, side, _ = pictures.shape
    hole = round(side * HOLE)
    middle = torch.randint(0, side + 1, (2, count, 1), generator=generator)
    inside = (torch.arange(side) - middle).add(hole // 2)  # (2, N, side)
    rows, columns = ((each >= 0) & (each < hole) for each in inside)
    covered = rows[:, :, None] & columns[:, None, :]
    return pictures.masked_fill(covered[:, None].to(pictures.device), 0.0)
