"""Train the face finder: ``python -m training.tiny_face_finder --data DATA``.

Scenes of 256 x 256 pixels with faces of 12 to 210 pixels (``_face_scenes``), made of photos with
pseudo-labelled faces, of photos of things, and of aligned faces of LFW-a, of training people only,
whose landmarks are taken to be where they are in the mean. Which cell answers for a face: one in
its middle, of the grid that its size belongs to; cells near by and cells of the neighbouring grid
are not asked. Scores learn by the focal loss (T.-Y. Lin et al., *Focal loss for dense object
detection*, 2017, https://arxiv.org/abs/1708.02002), boxes and landmarks by the absolute distance.

What is kept is the running average of the weights, in half precision.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn

from models.networks.tiny_face_embedder import TEMPLATE
from models.networks.tiny_face_finder import STRIDES, build
from training._face_photos import read_backgrounds, read_photos
from training._face_scenes import SIDE, Aligned, Array, Found, Studio
from training._faces import read_faces
from training._loop import Optimisers, Plan, arguments, plan_of, train

__all__ = ["BOUNDS", "Targets", "main", "optimisers_of", "targets_of"]

BATCH = 16
BOUNDS = (0.0, 42.0, 84.0, 1e9)  # pixels of a face between which each grid answers
SLACK = 1.25  # how far beyond its bounds a grid may answer without being wrong
NEAR, AROUND = 0.2, 0.45  # of a face's size: cells that answer, and those that are not asked
SAVE_MINUTES = 2.0


class Targets:
    """What all cells of one grid should answer, for a batch."""

    def __init__(self, count: int, stride: int) -> None:
        side = SIDE // stride
        self.score = np.zeros((count, side, side), np.float32)
        self.asked = np.ones((count, side, side), np.float32)
        self.place = np.zeros((count, side, side, 14), np.float32)
        self.trusted = np.zeros((count, side, side), np.float32)


def targets_of(scenes: Sequence[Found]) -> list[Targets]:
    """Say for every cell of every grid what it should answer."""
    grids = [Targets(len(scenes), stride) for stride in STRIDES]
    for number, found in enumerate(scenes):
        for level, (grid, stride) in enumerate(zip(grids, STRIDES, strict=True)):
            _mark(grid, number, found, stride, level)
    return grids


def _mark(grid: Targets, number: int, found: Found, stride: int, level: int) -> None:
    axis = (np.arange(SIDE // stride) + 0.5) * stride
    x, y = axis[None, :], axis[:, None]
    for box in found.ignored:
        inside = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
        grid.asked[number][inside] = 0
    sizes = np.sqrt((found.boxes[:, 2:] - found.boxes[:, :2]).prod(1))
    for each in np.argsort(-sizes):  # a small face before a large one behind it
        box, size = found.boxes[each], sizes[each]
        middle = (box[:2] + box[2:]) / 2
        away = np.maximum(abs(x - middle[0]), abs(y - middle[1]))
        if BOUNDS[level] <= size < BOUNDS[level + 1]:
            near = away <= max(NEAR * size, 0.5 * stride)
            grid.asked[number][away <= max(AROUND * size, stride)] = 0
            grid.asked[number][near] = 1
            grid.score[number][near] = 1
            grid.trusted[number][near] = found.trusted[each]
            place = _place(box, found.landmarks[each], x, y, stride)
            grid.place[number][near] = place[near]
        elif BOUNDS[level] / SLACK <= size < BOUNDS[level + 1] * SLACK:
            ring = (away <= max(AROUND * size, stride)) & (grid.score[number] == 0)
            grid.asked[number][ring] = 0


def _place(box: Array, landmarks: Array, x: NDArray[Any], y: NDArray[Any], stride: int) -> Array:
    """Numbers 1 to 14 that decode to a face, at every cell: (rows, columns, 14)."""
    x, y = np.broadcast_arrays(x, y)
    centres = np.stack([x, y], -1)
    middle = ((box[:2] + box[2:]) / 2 - centres) / stride
    size = np.broadcast_to(np.log((box[2:] - box[:2]) / (4 * stride)), middle.shape)
    marks = (landmarks - centres[:, :, None]) / (2 * stride)
    return np.concatenate([middle, size, marks.reshape(*x.shape, 10)], -1)


class _Batches:
    """Scenes without end."""

    def __init__(self, studio: Studio, device: str) -> None:
        self.studio, self.device = studio, device
        self.seen: list[list[float]] = []

    def loss(self, network: nn.Module, _: float, generator: torch.Generator) -> torch.Tensor:
        """Draw the next scenes and measure the network on them."""
        seed = int(torch.randint(2**31, (1,), generator=generator))
        random = np.random.default_rng(seed)
        scenes = [self.studio.scene(random) for _ in range(BATCH)]
        pixels = torch.from_numpy(np.stack([each.pixels for each in scenes]))
        photos = pixels[:, None].to(self.device).float().div(255)
        raw = network(photos.contiguous(memory_format=torch.channels_last))
        grids = targets_of([each.found for each in scenes])
        parts = torch.stack(
            [self._part(cells.float(), grid) for cells, grid in zip(raw, grids, strict=True)]
        ).sum(0)  # score, place, landmarks, cells that answer
        cells = parts[3].clamp(min=1)
        score, place, marks = parts[:3] / cells
        self.seen.append([score.item(), place.item(), marks.item()])
        total: torch.Tensor = score + place + 2 * marks
        return total

    def _part(self, raw: torch.Tensor, grid: Targets) -> torch.Tensor:
        score, asked, place, trusted = (
            torch.from_numpy(each).to(self.device)
            for each in (grid.score, grid.asked, grid.place, grid.trusted)
        )
        wrong = F.binary_cross_entropy_with_logits(raw[..., 0], score, reduction="none")
        sure = torch.exp(-wrong)  # chance given to what is right
        weight = torch.where(score > 0, 0.5, 0.35) * (1 - sure) ** 2
        apart = F.smooth_l1_loss(raw[..., 1:], place, reduction="none", beta=0.1)
        boxes = (apart[..., :4].sum(-1) * score).sum()
        marks = (apart[..., 4:].sum(-1) * trusted).sum()
        return torch.stack([(wrong * weight * asked).sum(), boxes, marks, score.sum()])

    def measure(self, _: nn.Module) -> dict[str, float]:
        """What the parts of the loss were since this was last asked."""
        means = np.mean(self.seen, axis=0) if self.seen else [0.0, 0.0, 0.0]
        self.seen = []
        names = ("score", "box", "landmarks")
        return {name: round(float(value), 4) for name, value in zip(names, means, strict=True)}


def optimisers_of(network: nn.Module, plan: Plan) -> Optimisers:
    """Adam; weights of convolutions are drawn to zero a little."""
    parameters = list(network.parameters())
    groups = [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": 0.02},
        {"params": [each for each in parameters if each.ndim == 1], "weight_decay": 0.0},
    ]
    return [torch.optim.AdamW(groups, lr=plan.peak)]


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train the face finder.", "tiny_face_finder")
    parser.set_defaults(peak=0.002)
    options = parser.parse_args(given)
    torch.manual_seed(0)
    faces = read_faces(options.data, "train").pixels.numpy()
    marks = np.broadcast_to(np.array(TEMPLATE), (len(faces), 5, 2))
    photos = read_photos(options.data, "train")
    studio = Studio(photos, read_backgrounds(options.data), Aligned(faces, marks))
    batches = _Batches(studio, options.device)
    plan = plan_of(options, warmup=0.05, clip=10.0, averaging=0.998, save_minutes=SAVE_MINUTES)
    average = train(build(), batches.loss, plan, optimisers_of, batches.measure)
    halves = {
        name: (values.half() if values.is_floating_point() else values).cpu().contiguous()
        for name, values in average.state_dict().items()
    }
    save_file(halves, options.runs / "model.safetensors")


if __name__ == "__main__":
    main()
