"""Train TinyVGG on Tiny ImageNet: ``python -m training.tiny_vgg --data DATA``.

Each photo is shown through a random window (0.55 to all of its area, slightly squeezed, half of
them mirrored). The first third of the time uses 48 x 48 pixels, which is nearly twice as fast, the
rest 64 x 64. Stochastic gradient descent with Nesterov's momentum, label smoothing 0.1, batches of
256. What is kept is the running average of the weights, in half precision.

A second training goes on from such a file: ``--start FILE --peak 0.15 --blend``. What is kept then
lies halfway between where it started and where it ended, which is better than either (M. Wortsman
et al., *Model soups*, 2022, https://arxiv.org/abs/2203.05482); the means and variances of the
normalisations, which cannot be averaged, are measured again on training photos.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

from models.networks.tiny_vgg import CLASSIFIER, build
from training._data import Photos, read_photos
from training._loop import arguments, plan_of, train

__all__ = ["as_input", "blend", "crops", "main"]

BATCH = 256
SMALL_SIDE, FULL_SIDE = 48, 64  # pixels
SMALL_UNTIL = 0.35  # share of the training
AREA = (0.55, 1.0)  # of the photo that is shown
SQUEEZE = 0.2  # largest natural logarithm of the change of aspect
SMOOTHING = 0.1  # of the labels
MEASURED = 20  # batches over which normalisations are measured again


def as_input(pixels: torch.Tensor) -> torch.Tensor:
    """Scale uint8 (n, height, width, 3) to the network's input, float32 (n, 3, height, width)."""
    mean = torch.tensor(CLASSIFIER.mean, device=pixels.device).view(1, 3, 1, 1)
    std = torch.tensor(CLASSIFIER.std, device=pixels.device).view(1, 3, 1, 1)
    return (pixels.permute(0, 3, 1, 2).float().div(255) - mean) / std


def crops(photos: torch.Tensor, side: int, generator: torch.Generator) -> torch.Tensor:
    """Look at each photo through a random window.

    Args:
        photos: (n, 3, height, width).
        side: Pixels of the result.
        generator: Where the random numbers come from.

    Returns:
        (n, 3, side, side).
    """
    count = len(photos)
    low, high = AREA
    scale = (low + (high - low) * torch.rand(count, generator=generator)).sqrt()
    squeeze = ((2 * torch.rand(count, generator=generator) - 1) * SQUEEZE).exp()
    width, height = (scale * squeeze).clamp(max=1), (scale / squeeze).clamp(max=1)
    shift = 2 * torch.rand(2, count, generator=generator) - 1
    mirror = 2.0 * torch.randint(0, 2, (count,), generator=generator) - 1
    window = torch.zeros(count, 2, 3)  # maps the result's -1..1 to the photo's -1..1
    window[:, 0, 0], window[:, 0, 2] = width * mirror, shift[0] * (1 - width)
    window[:, 1, 1], window[:, 1, 2] = height, shift[1] * (1 - height)
    grid = F.affine_grid(window, [count, 3, side, side], align_corners=False).to(photos.device)
    return F.grid_sample(photos, grid, align_corners=False, padding_mode="reflection")


class _Batches:
    """Batches without end: every photo once an epoch, in a new order each time."""

    def __init__(self, photos: Photos, device: str) -> None:
        self.photos, self.device = photos, device
        self.order = torch.empty(0, dtype=torch.long)

    def loss(self, network: nn.Module, done: float, generator: torch.Generator) -> torch.Tensor:
        """Draw the next batch and measure the network on it."""
        if len(self.order) == 0:
            self.order = torch.randperm(len(self.photos), generator=generator)
        chosen, self.order = self.order[:BATCH], self.order[BATCH:]
        with torch.autocast(self.device.split(":")[0], enabled=False):
            photos = as_input(self.photos.pixels[chosen].to(self.device))
            side = SMALL_SIDE if done < SMALL_UNTIL else FULL_SIDE
            batch = crops(photos, side, generator).contiguous(memory_format=torch.channels_last)
        logits = network(batch).float()
        labels = self.photos.labels[chosen].to(self.device)
        return F.cross_entropy(logits, labels, label_smoothing=SMOOTHING)


@torch.no_grad()
def blend(start: nn.Module, end: nn.Module, photos: Photos) -> nn.Module:
    """Go halfway from one network to another that was trained on from it.

    Args:
        start: Where the training began.
        end: Where it ended; it is changed and handed back.
        photos: Photos of the training, to measure the normalisations on.

    Returns:
        ``end`` with the mean of both networks' weights, in evaluation mode.
    """
    for ours, theirs in zip(end.parameters(), start.parameters(), strict=True):
        ours.lerp_(theirs.to(ours.device), 0.5)
    for module in end.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean over all batches
    generator = torch.Generator().manual_seed(0)
    chosen = torch.randperm(len(photos), generator=generator)[: MEASURED * BATCH]
    device = next(end.parameters()).device
    end.train()
    for batch in torch.split(chosen, BATCH):
        end(crops(as_input(photos.pixels[batch].to(device)), FULL_SIDE, generator))
    return end.eval()


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train TinyVGG on Tiny ImageNet.", "tiny_vgg", starts=True)
    parser.add_argument("--blend", action="store_true", help="end halfway between start and end")
    options = parser.parse_args(given)
    if options.blend and not options.start:
        parser.error("--blend needs --start")
    torch.manual_seed(0)
    network = _opened(options.start) if options.start else build()
    photos = read_photos(options.data, "train")
    batches = _Batches(photos, options.device)
    average = train(network, batches.loss, plan_of(options))
    if options.blend:
        average = blend(_opened(options.start), average, photos)
    halves = {
        name: (values.half() if values.is_floating_point() else values).cpu().contiguous()
        for name, values in average.state_dict().items()
    }
    save_file(halves, options.runs / "model.safetensors")


def _opened(file: Path) -> nn.Module:
    network = build()
    network.load_state_dict({name: values.float() for name, values in load_file(file).items()})
    return network


if __name__ == "__main__":
    main()
