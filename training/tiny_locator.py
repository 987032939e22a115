"""Train TinyLocator: ``python -m training.tiny_locator --data DATA``.

TinyVGG's features of the first 100 training tiles of each class of Tiny ImageNet, and of the same
mirrored, are computed once; the classifier begins as TinyVGG's. Cross-entropy and smooth L1 are
made small together, by Adam, in batches of 256.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from models._load import load
from models.networks import tiny_vgg
from models.networks.tiny_locator import INPUT, UNITS, WEIGHT, build
from training._boxes import tile_boxes
from training._data import SIDE, cut
from training._halves import halves
from training._loop import Optimisers, Plan, arguments, plan_of, train
from training.tiny_vgg import as_input

__all__ = ["Examples", "features_of", "main", "read_examples"]

BATCH = 256
SHOWN = range(100)  # of each class's tiles: learned from
CHUNK = 200  # tiles whose features are computed at once
PARTS = ("label", "box")


@dataclass(frozen=True, eq=False)
class Examples:
    """Features with what they show and where."""

    features: torch.Tensor  # (n, 512, 4, 4), in half precision
    labels: torch.Tensor  # (n,)
    boxes: torch.Tensor  # (n, 4) in units


def read_examples(data: Path, tiles: range, mirrored: bool) -> Examples:
    """Features and boxes of some tiles of each class, those also mirrored or not."""
    boxes = tile_boxes(data)
    features, labels, found = [], [], []
    pages = sorted(data.glob("tiny_imagenet/train_*.webp"))
    for label, page in enumerate(pages):
        wnid, pixels = page.stem.split("_")[2], cut(page)
        kept = [each for each in tiles if each < len(pixels) and (wnid, each) in boxes]
        photos = torch.from_numpy(pixels[kept])
        where = torch.tensor([boxes[wnid, each] for each in kept]).float() / SIDE * UNITS
        features.append(features_of(photos))
        found.append(where)
        if mirrored:
            features.append(features_of(photos.flip(2)))
            left, top, right, bottom = where.unbind(1)
            found.append(torch.stack([UNITS - right, top, UNITS - left, bottom], 1))
        labels += [label] * len(kept) * (1 + mirrored)
    return Examples(torch.cat(features), torch.tensor(labels), torch.cat(found))


@torch.inference_mode()
def features_of(photos: torch.Tensor) -> torch.Tensor:
    """TinyVGG's features (n, 512, 4, 4) of photos, uint8 (n, 64, 64, 3), in half precision."""
    eye = cast(nn.Sequential, load(tiny_vgg.SPEC, "cpu").features)
    assert photos.shape[1:3] == (INPUT, INPUT)
    seen = []
    for chunk in torch.split(photos, CHUNK):
        batch = as_input(chunk).contiguous(memory_format=torch.channels_last)
        with halves("cpu"):
            seen.append(eye(batch).half().contiguous())
    return torch.cat(seen)


class _Batches:
    """Batches without end: every example once an epoch, in a new order each time."""

    def __init__(self, examples: Examples, device: str) -> None:
        self.examples, self.device = examples, device
        self.order = torch.empty(0, dtype=torch.long)
        self.seen: list[list[float]] = []

    def loss(self, network: nn.Module, done: float, generator: torch.Generator) -> torch.Tensor:
        """Draw the next batch and measure the network on it."""
        if len(self.order) == 0:
            self.order = torch.randperm(len(self.examples.labels), generator=generator)
        chosen, self.order = self.order[:BATCH], self.order[BATCH:]
        kinds, boxes = (
            each[chosen].to(self.device) for each in (self.examples.labels, self.examples.boxes)
        )
        logits, found = network(self.examples.features[chosen].to(self.device).float())
        label = F.cross_entropy(logits.float(), kinds)
        box = F.smooth_l1_loss(found.float(), boxes, reduction="sum") / len(boxes)
        self.seen.append([label.detach().item(), box.detach().item()])
        return label + WEIGHT * box

    def measure(self, _: nn.Module) -> dict[str, float]:
        """What the parts of the loss were since this was last asked."""
        means = torch.tensor(self.seen).mean(0).tolist()
        self.seen = []
        return {name: round(value, 4) for name, value in zip(PARTS, means, strict=True)}


def _adam(network: nn.Module, plan: Plan) -> Optimisers:
    return [torch.optim.AdamW(network.parameters(), lr=plan.peak, weight_decay=0.05)]


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train TinyLocator.", "tiny_locator")
    parser.set_defaults(peak=0.001, minutes=3.0)
    options = parser.parse_args(given)
    torch.manual_seed(0)
    network = build()
    known = cast(nn.Linear, load(tiny_vgg.SPEC, "cpu").classifier)
    network.classifier.load_state_dict(known.state_dict())
    batches = _Batches(read_examples(options.data, SHOWN, mirrored=True), options.device)
    plan = plan_of(options, warmup=0.05, averaging=0.99, save_minutes=0.5)
    average = train(network, batches.loss, plan, _adam, batches.measure)
    halves = {name: each.half().cpu().contiguous() for name, each in average.state_dict().items()}
    save_file(halves, options.runs / "model.safetensors")


if __name__ == "__main__":
    main()
