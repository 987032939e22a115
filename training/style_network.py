"""Train the style network: ``python -m training.style_network --data DATA``.

Windows of photos (Caltech-101, one photo for each ImageNet class, COCO train2017) are painted in a
style each and compared, by ``_style_losses``, with the photo and with the style: nine paintings in
the public domain and seven pictures that ``_style_pictures`` draws. The windows are small at first
and grow, since much of a style is learned from little.

The kernels are moved by Muon, scales and shifts of the styles by Adam, both at falling rates. What
is kept is the running average of the weights, in half precision; ``--start FILE`` goes on from
such a file. ``content`` and ``style`` in the log are the distances since the line before: 0 is the
photo, or the style, itself; 1 is another photo, or no style at all.

On Linux, ``MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000`` before the
command keeps memory that would be handed back at every step.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import nn

from models.networks.style_network import STYLES, build
from training._loop import Optimisers, Plan, arguments, plan_of, train
from training._style_data import read_contents, style_picture
from training._style_losses import CONTENT_LAYER, Eye, Goal, contents, grams, scaled

__all__ = ["STYLE", "main", "optimisers_of"]

BATCH = 4
SIDES = {0.25: 96, 0.8: 128, 2.0: 176}  # pixels of the windows until this share of the training
STYLE = 2.5  # weight of the style distance; that of the content distance is 1
SMOOTH = 1.0  # weight of the total variation
NOISE = 0.02  # added to what the loss looks at, so that it cannot be pleased by faint patterns
SAVE_MINUTES = 2.0
PARTS = ("content", "style", "roughness")


class _Batches:
    """Batches without end: every photo once an epoch, every style equally often."""

    def __init__(self, photos: NDArray[np.uint8], eye: Eye, goal: Goal, device: str) -> None:
        self.photos, self.eye, self.goal, self.device = photos, eye, goal, device
        self.order = self.styles = torch.empty(0, dtype=torch.long)
        self.seen: list[list[float]] = []

    def draw(self, side: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Windows of the next photos (n, 3, side, side) in 0..1, and the number of each style."""
        if len(self.order) < BATCH:
            self.order = torch.randperm(len(self.photos), generator=generator)
        if len(self.styles) < BATCH:
            self.styles = torch.randperm(len(STYLES), generator=generator)
        chosen, self.order = self.order[:BATCH].tolist(), self.order[BATCH:]
        styles, self.styles = self.styles[:BATCH], self.styles[BATCH:]
        windows = []
        for number in chosen:
            top, left, mirror = _random((self.photos.shape[1] - side + 1,) * 2 + (2,), generator)
            window = self.photos[number, top : top + side, left : left + side]
            windows.append(window[:, ::-1] if mirror else window)
        pixels = torch.from_numpy(np.stack(windows)).to(self.device)
        photos = pixels.permute(0, 3, 1, 2).float().div(255)
        return photos.contiguous(memory_format=torch.channels_last), styles.to(self.device)

    def loss(self, network: nn.Module, done: float, generator: torch.Generator) -> torch.Tensor:
        """Draw the next batch and measure the network on it."""
        side = next(side for until, side in SIDES.items() if done < until)
        photos, styles = self.draw(side, generator)
        painted = network(photos, F.one_hot(styles, len(STYLES)).float()).float()
        shown = painted + NOISE * torch.randn(painted.shape, generator=generator).to(painted)
        top, left = _random((side // 2 + 1,) * 2, generator)
        part = shown[..., top : top + side // 2, left : left + side // 2]
        plain, half = self.eye(shown), self.eye(scaled(shown, 0.5))
        found = grams(plain) + grams(half) + grams(self.eye(scaled(part, 2)))
        with torch.no_grad():
            before = contents(self.eye, photos)
        after = [plain[CONTENT_LAYER], half[CONTENT_LAYER]]
        content = self.goal.content(after, before).mean()
        style = self.goal.style(found, styles).mean()
        rough = _roughness(painted)
        self.seen.append([content.item(), style.item(), rough.item()])
        return content + STYLE * style + SMOOTH * rough

    def measure(self, _: nn.Module) -> dict[str, float]:
        """What the parts of the loss were since this was last asked."""
        means = np.mean(self.seen, axis=0) if self.seen else [0.0, 0.0, 0.0]
        self.seen = []
        return {name: round(float(value), 4) for name, value in zip(PARTS, means, strict=True)}


def _random(below: Sequence[int], generator: torch.Generator) -> list[int]:
    return [int(torch.randint(each, (1,), generator=generator)) for each in below]


def _roughness(pictures: torch.Tensor) -> torch.Tensor:
    """Total variation: how much neighbouring pixels differ, in the mean."""
    down, across = pictures.diff(dim=2).abs(), pictures.diff(dim=3).abs()
    return down.mean() + across.mean()


class _Kernels(torch.optim.Muon):
    """Muon for kernels of convolutions, each seen as a matrix with a row for each result."""

    def __init__(self, kernels: list[nn.Parameter], peak: float) -> None:
        self.kernels = kernels
        rows = [nn.Parameter(_rows(each.data)) for each in kernels]  # the same memory
        super().__init__(rows, lr=peak, weight_decay=0.0, adjust_lr_fn="original")

    def step(self, closure: Any = None) -> Any:
        """Move the kernels by their gradients."""
        for kernel, rows in zip(self.kernels, self.param_groups[0]["params"], strict=True):
            assert kernel.grad is not None
            rows.grad = _rows(kernel.grad)
        return super().step(closure)  # type: ignore[no-untyped-call]


def _rows(values: torch.Tensor) -> torch.Tensor:
    return values.permute(0, 2, 3, 1).flatten(1)


def optimisers_of(network: nn.Module, plan: Plan) -> Optimisers:
    """Muon for the kernels, Adam for scales and shifts and for what ends in colours."""
    kernels: list[nn.Parameter] = []
    norms: list[nn.Parameter] = []
    ends: list[nn.Parameter] = []
    for name, each in network.named_parameters():
        kind = norms if "norm" in name else kernels if "convolution" in name else ends
        kind.append(each)
    groups: list[dict[str, Any]] = [
        {"params": norms, "lr": plan.peak / 2},
        {"params": ends, "lr": plan.peak / 10},
    ]
    adam = torch.optim.Adam(groups, lr=plan.peak, betas=(0.9, 0.99))
    return [_Kernels(kernels, plan.peak), adam]


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train the style network.", "style_network", starts=True)
    parser.set_defaults(peak=0.02)
    options = parser.parse_args(given)
    torch.manual_seed(0)
    network = build()
    if options.start:
        network.load_state_dict({k: v.float() for k, v in load_file(options.start).items()})
    photos = read_contents(options.data, options.runs)
    eye = Eye(options.device)
    sample = (
        torch.tensor(photos[:: max(1, len(photos) // 48), 32:160, 32:160]).permute(0, 3, 1, 2) / 255
    )
    pictures = [style_picture(each, options.data) for each in STYLES]
    goal = Goal.of(eye, [each.to(options.device) for each in pictures], sample.to(options.device))
    batches = _Batches(photos, eye, goal, options.device)
    plan = plan_of(options, warmup=0.02, clip=None, averaging=0.995, save_minutes=SAVE_MINUTES)
    average = train(network, batches.loss, plan, optimisers_of, batches.measure)
    halves = {name: each.half().cpu().contiguous() for name, each in average.state_dict().items()}
    save_file(halves, options.runs / "model.safetensors")


if __name__ == "__main__":
    main()
