"""Train the judge of grey pictures: ``python -m training.small_classifier digits --data DATA``.

``fashion`` likewise. Every picture is shown moved by up to two pixels, clothing also mirrored.
Stochastic gradient descent with Nesterov's momentum, batches of 128; what is kept is the running
average of the weights, in half precision.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from models.networks.small_classifier import build
from training._augmentation import mirror, shift
from training._data import Photos
from training._loop import arguments, plan_of, train
from training._pictures import as_input, read_grey

__all__ = ["main"]

BATCH = 128
MOVED = 2  # pixels
PEAK = 0.1
AVERAGING = 0.98  # the training is short


class _Batches:
    """Pictures drawn at random, without end."""

    def __init__(self, pictures: Photos, mirrored: bool, device: str) -> None:
        self.pictures, self.mirrored, self.device = pictures, mirrored, device

    def loss(self, network: nn.Module, done: float, generator: torch.Generator) -> torch.Tensor:
        """Draw a batch and measure the network on it."""
        chosen = torch.randint(len(self.pictures), (BATCH,), generator=generator)
        batch = as_input(self.pictures.pixels[chosen].to(self.device))
        batch = shift(batch, MOVED, generator, outside=-1.0)
        if self.mirrored:
            batch = mirror(batch, generator)
        logits = network(batch.contiguous(memory_format=torch.channels_last)).float()
        return F.cross_entropy(logits, self.pictures.labels[chosen].to(self.device))


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train a small classifier.", "small_classifier")
    parser.add_argument("pictures", choices=("digits", "fashion"))
    parser.set_defaults(peak=PEAK, minutes=4.0)
    options = parser.parse_args(given)
    torch.manual_seed(0)
    pictures = read_grey(options.data, "train")
    batches = _Batches(pictures, options.pictures == "fashion", options.device)
    average = train(build(), batches.loss, plan_of(options, averaging=AVERAGING))
    halves = {
        name: (values.half() if values.is_floating_point() else values).cpu().contiguous()
        for name, values in average.state_dict().items()
    }
    save_file(halves, options.runs / "model.safetensors")


if __name__ == "__main__":
    main()
