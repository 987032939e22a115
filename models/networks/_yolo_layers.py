"""The layers of TinyYOLO: TinyVGG's convolutions, and a head that answers for each cell."""

import torch
from torch import nn

from models.networks import tiny_vgg

__all__ = ["TinyYolo"]

FINE = 9  # layers of TinyVGG's plan whose last ends at stride 8, before it is pooled
FAR, NEAR, SMALL, MERGED = 192, 192, 128, 256  # channels of the head's parts


class TinyYolo(nn.Module):
    """From a photo to raw numbers for each cell and anchor.

    The head sees each cell three times: as its neighbourhood at half the resolution (``far``), as
    it is (``near``), and by its strongest details (``small``).
    """

    anchors: torch.Tensor  # (anchors, 2) width, height in pixels of the input

    def __init__(self, anchors: int, classes: int) -> None:
        super().__init__()
        channels = [step[0] for step in tiny_vgg.PLAN if step]
        deep, fine = channels[-1], channels[-2]
        self.shape = (anchors, 5 + classes)
        self.features = _features()
        self.far = nn.Sequential(
            nn.MaxPool2d(2), *_step(deep, FAR, 3), *_step(FAR, FAR, 3), nn.Upsample(scale_factor=2)
        )
        self.near = nn.Sequential(*_step(deep, NEAR, 1))
        self.small = nn.Sequential(nn.MaxPool2d(2), *_step(fine, SMALL, 1))
        self.merge = nn.Sequential(*_step(FAR + NEAR + SMALL, MERGED, 1), *_step(MERGED, MERGED, 3))
        self.answer = nn.Conv2d(MERGED, anchors * (5 + classes), 1)
        self.register_buffer("anchors", torch.zeros(anchors, 2))

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        """Answer for each cell: (n, rows, columns, anchors, 5 + classes)."""
        fine, deep = self.look(photos)  # photos: (n, 3, height, width)
        seen = torch.cat([self.far(deep), self.near(deep), self.small(fine)], 1)
        answers: torch.Tensor = self.answer(self.merge(seen))
        count, _, rows, columns = answers.shape
        return answers.permute(0, 2, 3, 1).reshape(count, rows, columns, *self.shape)

    def look(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The features at stride 8 (n, 256, ...) and at stride 16 (n, 512, ...)."""
        fine = self.features[: _end(FINE)](photos)
        return fine, self.features[_end(FINE) :](fine)


def _features() -> nn.Sequential:
    """TinyVGG's convolutions, each with its normalisation folded into weight and bias."""
    layers: list[nn.Module] = []
    incoming = 3
    for step in tiny_vgg.PLAN:
        if step is None:
            layers.append(nn.MaxPool2d(2))
            continue
        channels, stride = step
        layers += [nn.Conv2d(incoming, channels, 3, stride, padding=1), nn.ReLU()]
        incoming = channels
    return nn.Sequential(*layers)


def _end(steps: int) -> int:
    """How many layers so many steps of the plan are."""
    return sum(2 if step else 1 for step in tiny_vgg.PLAN[:steps])


def _step(incoming: int, outgoing: int, side: int) -> list[nn.Module]:
    convolution = nn.Conv2d(incoming, outgoing, side, padding=side // 2, bias=False)
    return [convolution, nn.BatchNorm2d(outgoing), nn.ReLU()]
