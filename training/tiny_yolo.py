"""Train TinyYOLO: ``python -m training.tiny_yolo --data DATA``.

The features begin as TinyVGG's, its normalisations folded into the convolutions; the first three
stay as they are and the others move a fifth as fast as the head. What is learned from, scenes of
photos of four sets, is composed anew at every step (``_scenes``); how answers are judged is in
``_yolo_loss``. Adam with decoupled weight decay, batches of 16, scenes of 192 to 256 pixels.
What is kept is the running average of the weights, in half precision; ``--start FILE`` goes on from
such a file. ``box``, ``label`` and ``objectness`` in the log are the losses since the line before.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import nn

from models._load import load
from models.networks import tiny_vgg
from models.networks._yolo_layers import TinyYolo
from models.networks.tiny_yolo import ANCHORS, STRIDE, build
from models.object_detection import anchors
from training._boxes import IGNORED, Boxed, read_coco, read_cutouts, read_guessed, read_tiles
from training._loop import Optimisers, Plan, arguments, plan_of, train
from training._scenes import Stock, compose
from training._yolo_loss import Target, losses
from training.tiny_vgg import as_input

__all__ = ["folded", "main", "optimisers_of"]

BATCH = 16
SIDES = {0.6: (192, 224), 2.0: (224, 256)}  # pixels of scenes until this share of the training
FROZEN = 3  # convolutions that are not trained
SLOW = 0.2  # learning rate of the other convolutions, as a share of the head's
COUNT = len(ANCHORS)
CLUSTERED = 192, 4  # pixels of a photo's longer side, and of a box's shorter one at least
PRIOR = -4.0  # of to: hardly any answer is for an object
PARTS = ("box", "label", "objectness")
SAVE_MINUTES = 3.0


class _Batches:
    """Batches without end, composed as they are asked for."""

    def __init__(self, stock: Stock, device: str) -> None:
        self.stock, self.device = stock, device
        self.seen: list[list[float]] = []

    def loss(self, network: nn.Module, done: float, generator: torch.Generator) -> torch.Tensor:
        """Compose the next batch and measure the network on it."""
        random = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
        side = int(random.choice(next(sides for until, sides in SIDES.items() if done < until)))
        photos, target = batch_of(self.stock, side, BATCH, random, self.device)
        raw = network(photos.contiguous(memory_format=torch.channels_last))
        with torch.autocast(self.device.split(":")[0], enabled=False):
            found = losses(raw.float(), cast(TinyYolo, network).anchors, target)
        self.seen.append([getattr(found, name).detach().item() for name in PARTS])
        return found.whole

    def measure(self, _: nn.Module) -> dict[str, float]:
        """What the parts of the loss were since this was last asked."""
        means = np.mean(self.seen, axis=0) if self.seen else [0.0, 0.0, 0.0]
        self.seen = []
        return {name: round(float(value), 4) for name, value in zip(PARTS, means, strict=True)}


def batch_of(
    stock: Stock, side: int, count: int, random: np.random.Generator, device: str
) -> tuple[torch.Tensor, Target]:
    """Compose scenes: (count, 3, side, side), normalised, and what is in them."""
    scenes = [compose(stock, side, random) for _ in range(count)]
    most = max(len(each.boxes) for each in scenes)
    boxes, labels = np.zeros((count, most, 4), np.float32), np.full((count, most), -1)
    for number, scene in enumerate(scenes):
        boxes[number, : len(scene.boxes)] = scene.boxes
        labels[number, : len(scene.boxes)] = scene.labels
    middle = slice(STRIDE // 2, None, STRIDE)
    trust = np.stack([each.trust[middle, middle] for each in scenes])
    with torch.autocast(device.split(":")[0], enabled=False):
        photos = as_input(torch.from_numpy(np.stack([each.pixels for each in scenes])).to(device))
    target = (torch.from_numpy(each).to(device) for each in (boxes, labels, trust))
    return photos, Target(*target)


def folded() -> dict[str, torch.Tensor]:
    """TinyVGG's convolutions with their normalisations folded in, named as TinyYOLO's features."""
    state: dict[str, torch.Tensor] = {}
    place = 0
    layers = list(cast(nn.Sequential, load(tiny_vgg.SPEC, "cpu").features))
    for layer, norm in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, nn.MaxPool2d):
            place += 1
        if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            fused = nn.utils.fuse_conv_bn_eval(layer, norm)
            state |= {f"{place}.{name}": each for name, each in fused.state_dict().items()}
            place += 2  # the convolution and what rectifies it
    return {name: values.detach().clone() for name, values in state.items()}


def optimisers_of(network: nn.Module, plan: Plan) -> Optimisers:
    """Adam, slower for the features; biases and normalisations do not decay."""
    kernels = list(cast(TinyYolo, network).features.parameters())
    features = [each for each in kernels if each.requires_grad]
    known = {id(each) for each in kernels}
    head = [each for each in network.parameters() if id(each) not in known]
    groups = [
        {
            "params": [each for each in part if (each.ndim > 1) == many],
            "lr": rate,
            "weight_decay": 0.03 * many,
        }
        for part, rate in ((features, SLOW * plan.peak), (head, plan.peak))
        for many in (True, False)
    ]
    return [torch.optim.AdamW(groups, lr=plan.peak, betas=(0.9, 0.98))]


def anchors_of(photos: Sequence[Boxed]) -> NDArray[np.float64]:
    """Cluster the shapes of true boxes as they are in small scenes: (anchors, 2).

    They are rounded to half pixels, so that half precision keeps them exactly.
    """
    boxes = [
        each.boxes[each.labels != IGNORED] * (CLUSTERED[0] / max(each.pixels.shape))
        for each in photos
    ]
    table = np.concatenate(boxes)
    large = (table[:, 2:] - table[:, :2]).min(1) >= CLUSTERED[1]
    rounded: NDArray[np.float64] = np.round(2 * anchors(table[large], COUNT).shapes) / 2
    return rounded


def begun(shapes: NDArray[np.float64]) -> TinyYolo:
    """The network before any training: TinyVGG's features, and anchors of these shapes."""
    network = build()
    network.features.load_state_dict(folded())
    network.anchors.copy_(torch.from_numpy(shapes))
    prior = torch.zeros(network.shape)
    prior[:, 4] = PRIOR
    network.answer.bias = nn.Parameter(prior.flatten())
    return network


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train TinyYOLO.", "tiny_yolo", starts=True)
    parser.set_defaults(peak=0.001)
    options = parser.parse_args(given)
    torch.manual_seed(0)
    data = options.data
    coco = read_coco(data, "train")
    stock = Stock(coco, read_guessed(data), read_tiles(data), read_cutouts(data))
    network = begun(anchors_of(coco))
    if options.start:
        network.load_state_dict({k: v.float() for k, v in load_file(options.start).items()})
    convolutions = [each for each in network.features if isinstance(each, nn.Conv2d)]
    for each in convolutions[:FROZEN]:
        each.requires_grad_(False)
    batches = _Batches(stock, options.device)
    plan = plan_of(options, warmup=0.05, clip=20.0, averaging=0.998, save_minutes=SAVE_MINUTES)
    average = train(network, batches.loss, plan, optimisers_of, batches.measure)
    save_file(_halves(average), options.runs / "model.safetensors")


def _halves(network: nn.Module) -> dict[str, torch.Tensor]:
    return {
        name: (values.half() if values.is_floating_point() else values).cpu().contiguous()
        for name, values in network.state_dict().items()
    }


if __name__ == "__main__":
    main()
