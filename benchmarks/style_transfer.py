"""The fast pass against the bare network, and steps towards a style against a textbook's.

The textbook runs the whole loss network at every step, as it was loaded, and writes the losses down
as they are defined; once it reads the targets anew at every step, once it keeps them.

python -m benchmarks.style_transfer
"""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from skimage import data
from torch.nn import functional as F

from models._load import load
from models._style_pictures import fit
from models.networks import style_network
from models.networks.loss_networks import TINY_VGG
from models.style_transfer import optimise, stylise

ROUNDS = 9
STEPS = 4  # in a round
SIDE = 256  # pixels of the longer side of what is optimised
PASS_SIDE = 512  # of what is painted in one pass
ALPHA, BETA, GAMMA = 1.0, 10_000.0, 10.0
RATE = 0.03


def as_batch(pixels: np.ndarray) -> torch.Tensor:
    """Pixels as the textbook takes them: (1, 3, height, width) in 0..1."""
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None].float() / 255


class Textbook:
    """Gatys et al. 2016, from the definition: the whole network, every time."""

    def __init__(self, content: np.ndarray, style: np.ndarray, keeps: bool) -> None:
        self.network = load(TINY_VGG.spec)
        self.mean, self.deviation = (
            torch.tensor(three).view(1, 3, 1, 1) for three in (TINY_VGG.mean, TINY_VGG.std)
        )
        self.content, self.style = as_batch(content), as_batch(style)
        self.targets = self.read_targets() if keeps else None

    def features(self, picture: torch.Tensor) -> dict[int, torch.Tensor]:
        """Every value on the way through the whole network."""
        values, found = (picture - self.mean) / self.deviation, {}
        for place, layer in enumerate(self.network.get_submodule("features").children()):
            values = found[place] = layer(values)
        for name in ("mean", "flatten", "classifier"):
            values = self.network.get_submodule(name)(values)
        return found

    def read_targets(self) -> tuple[dict[int, torch.Tensor], dict[int, torch.Tensor]]:
        """Features of the content and of the style picture."""
        with torch.no_grad():
            return self.features(self.content), self.features(self.style)

    def loss(self, picture: torch.Tensor) -> torch.Tensor:
        """J, term by term."""
        wanted, painted = self.targets or self.read_targets()
        found = self.features(picture)
        (content,) = (TINY_VGG.layers[layer] for layer in TINY_VGG.content)
        places = [TINY_VGG.layers[layer] for layer in TINY_VGG.style]
        gaps = [(gram(found[each]) - gram(painted[each])).square().sum() for each in places]
        down = F.mse_loss(picture[:, :, 1:], picture[:, :, :-1])
        across = F.mse_loss(picture[..., 1:], picture[..., :-1])
        return (
            ALPHA * F.mse_loss(found[content], wanted[content]) / 4
            + BETA * torch.stack(gaps).mean() / 4
            + GAMMA * (down + across)
        )

    def run(self) -> Iterator[float]:
        """Go on with Adam, and say what J was."""
        picture = self.content.clone().requires_grad_()
        optimiser = torch.optim.Adam([picture], lr=RATE)
        while True:
            optimiser.zero_grad()
            loss = self.loss(picture)
            torch.autograd.backward(loss)
            optimiser.step()
            with torch.no_grad():
                picture.clamp_(0, 1)
            yield float(loss.detach())


def gram(features: torch.Tensor) -> torch.Tensor:
    """(1, C, H, W) to (C, C), divided by C H W."""
    rows = features.flatten(2)[0]
    return rows @ rows.t() / rows.numel()


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rounds(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, measured in turns, and the first round not counted."""
    pairs = [(seconds(first), seconds(second)) for _ in range(ROUNDS + 1)][1:]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return one, other


def compare_pass(photo: np.ndarray) -> None:
    """``stylise``, from pixels to pixels, against the forward pass alone."""
    pixels = fit(photo, PASS_SIDE, 32)
    network = load(style_network.SPEC)
    batch = as_batch(pixels)
    weights = torch.eye(len(style_network.STYLES))[:1]

    def bare() -> torch.Tensor:
        with torch.inference_mode():
            painted: torch.Tensor = network(batch, weights)
        return painted

    expected = bare()[0].permute(1, 2, 0).numpy() * 255
    assert np.abs(stylise(pixels).pixels - expected).max() < 1
    one, other = rounds(bare, lambda: stylise(pixels))
    height, width = pixels.shape[:2]
    print(
        f"{f'fast pass, {width} x {height}':32} bare forward {one * 1e3:7.1f} ms, "
        f"stylise {other * 1e3:7.1f} ms: {other / one:.2f} of its time"
    )


def compare_steps(content: np.ndarray, style: np.ndarray, keeps: bool) -> None:
    """``optimise`` against the textbook; their losses are checked to be equal."""
    ours = optimise(
        *(content, style, "tiny_vgg", ALPHA, BETA, GAMMA),
        optimiser="adam",
        steps=500,
        side=SIDE,
    )
    theirs = Textbook(content, style, keeps).run()
    for found, expected in itertools.islice(zip(ours, theirs, strict=False), STEPS):
        np.testing.assert_allclose(found.losses.total, expected, rtol=1e-3)
    one, other = rounds(
        lambda: list(itertools.islice(theirs, STEPS)), lambda: list(itertools.islice(ours, STEPS))
    )
    how = "targets kept" if keeps else "targets read anew"
    print(
        f"{f'Gatys with Adam, {how}':32} textbook {STEPS / one:5.2f} steps a second, "
        f"optimise {STEPS / other:5.2f}: {one / other:.2f} times as many"
    )


def main() -> None:
    """Measure on the embedded networks."""
    photo, painting = data.chelsea(), data.coffee()  # type: ignore[no-untyped-call]
    content, style = (fit(each, SIDE, 32) for each in (photo, painting))
    height, width = content.shape[:2]
    print(f"{torch.get_num_threads()} threads; {TINY_VGG.spec.title} at {width} x {height}")
    compare_pass(photo)
    for keeps in (False, True):
        compare_steps(content, style, keeps)


if __name__ == "__main__":
    main()
