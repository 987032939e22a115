"""The layers of the two face networks; ``tiny_face_embedder`` and ``tiny_face_finder`` use them."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

__all__ = ["FaceEmbedder", "FaceFinder", "convolution", "local_contrast", "standardise"]

EPSILON = 1e-2  # added to the deviation of a picture, so that one of a single grey stays one
AROUND = 15  # pixels of the window that local contrast is measured in


def convolution(incoming: int, outgoing: int, side: int = 3, step: int = 1) -> nn.Sequential:
    """Make a convolution that is normalised over the batch and rectified."""
    return nn.Sequential(
        nn.Conv2d(incoming, outgoing, side, step, side // 2, bias=False),
        nn.BatchNorm2d(outgoing),
        nn.PReLU(outgoing),
    )


class Residual(nn.Module):
    """Two convolutions whose result is added to what they were given."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Add to (photos, channels, height, width) what is still missing."""
        added: torch.Tensor = self.norm(self.second(self.first(values)))
        return values + added


def standardise(pictures: torch.Tensor) -> torch.Tensor:
    """Take brightness and contrast from grey pictures (n, 1, height, width) in 0..1."""
    centred = pictures - pictures.mean((2, 3), keepdim=True)
    return centred / (centred.square().mean((2, 3), keepdim=True).sqrt() + EPSILON)


def local_contrast(pictures: torch.Tensor) -> torch.Tensor:
    """Take brightness and contrast from the surroundings of each pixel: (n, 1, height, width)."""
    centred = pictures - _mean_around(pictures)
    return centred / (_mean_around(centred.square()).sqrt() + EPSILON)


def _mean_around(pictures: torch.Tensor) -> torch.Tensor:
    return F.avg_pool2d(pictures, AROUND, 1, AROUND // 2, count_include_pad=False)


def _stage(incoming: int, outgoing: int, blocks: int) -> list[nn.Module]:
    halved = convolution(incoming, outgoing, step=2)
    return [halved, *(Residual(outgoing) for _ in range(blocks))]


class FaceEmbedder(nn.Module):
    """A residual network from a face to a few numbers of length one."""

    def __init__(self, widths: Sequence[int], blocks: Sequence[int], numbers: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [convolution(2, widths[0], side=5, step=2)]
        for incoming, outgoing, count in zip(widths, widths[1:], blocks, strict=False):
            layers += _stage(incoming, outgoing, count)
        self.features = nn.Sequential(*layers)  # (n, channels, 7, 7)
        self.dropout = nn.Dropout(0.4)
        self.linear = nn.Linear(widths[-1] * 7 * 7, numbers)

    def look(self, faces: torch.Tensor) -> torch.Tensor:
        """Describe (n, 1, 112, 112) in 0..1 as seen, not mirrored, at any length: (n, numbers)."""
        both = torch.cat([standardise(faces), local_contrast(faces)], 1)
        seen: torch.Tensor = self.features(both)
        described: torch.Tensor = self.linear(self.dropout(seen.flatten(1)))
        return described

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """Describe faces (n, 1, 112, 112) in 0..1 and their mirror images: (n, numbers)."""
        return F.normalize(self.look(faces) + self.look(faces.flip(3)), dim=1)


class FaceFinder(nn.Module):
    """A network that is asked the same at every cell of three grids over a photo."""

    def __init__(self, widths: Sequence[int], shared: int, numbers: int) -> None:
        super().__init__()
        start, early, fine, middle, coarse = widths
        self.enter = nn.Sequential(
            convolution(1, start, side=5, step=2),
            convolution(start, early, step=2),
            *_stage(early, fine, 1),
        )  # a cell for 8 pixels
        self.middle = nn.Sequential(*_stage(fine, middle, 1))  # for 16
        self.coarse = nn.Sequential(*_stage(middle, coarse, 1))  # for 32
        self.sides = nn.ModuleList(nn.Conv2d(each, shared, 1) for each in (fine, middle, coarse))
        self.mixed = nn.ModuleList(convolution(shared, shared) for _ in range(3))
        self.answer = nn.Conv2d(shared, numbers, 3, padding=1)
        nn.init.normal_(self.answer.weight, std=0.01)
        with torch.no_grad():
            start_at = torch.tensor([-4.0] + [0.0] * (numbers - 1))  # most cells hold no face
            self.answer.bias = nn.Parameter(start_at)

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Answer for grey photos (n, 1, height, width) in 0..1, sides multiples of 32.

        Returns:
            For each grid (n, rows, columns, numbers), the finest first.
        """
        fine = self.enter((photos - 0.45) * 4)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        seen = [side(each) for side, each in zip(self.sides, (fine, middle, coarse), strict=True)]
        for number in (1, 0):  # what coarse cells know is told to the finer ones within them
            seen[number] = seen[number] + F.interpolate(seen[number + 1], scale_factor=2.0)
        return tuple(
            self.answer(mix(each)).permute(0, 2, 3, 1)
            for mix, each in zip(self.mixed, seen, strict=True)
        )
