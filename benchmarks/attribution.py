"""Occlusion and integrated gradients against captum's own, on the same photo and settings.

python -m benchmarks.attribution
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from captum.attr import IntegratedGradients, Occlusion
from skimage import data

from models._sight import look, network_of, normalise
from models.cnn_visualization import attribute

ROUNDS = 3
TARGET = 193  # espresso
WINDOWS = ((8, 4), (16, 8))  # side and stride in pixels of 64


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(name: str, peer: Callable[[], object], ours: Callable[[], object]) -> None:
    """Time both in turns and print the medians and their ratio."""
    peer(), ours()  # the first round warms caches and threads
    pairs = [(seconds(peer), seconds(ours)) for _ in range(ROUNDS)]
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"{name:34} captum {first * 1e3:7.1f} ms, ours {second * 1e3:7.1f} ms, "
        f"{first / second:.2f} times as fast"
    )


def main() -> None:
    """Measure on the embedded network; the answers are checked to be equal."""
    photo = data.coffee()  # type: ignore[no-untyped-call]
    network = network_of("tiny_vgg")
    batch = normalise(look(photo, "tiny_vgg").pixels, "tiny_vgg")
    print(f"{torch.get_num_threads()} threads, 64 x 64 pixels")
    for window, stride in WINDOWS:

        def peer(window: int = window, stride: int = stride) -> torch.Tensor:
            with torch.no_grad():
                found: torch.Tensor = Occlusion(network).attribute(
                    batch,
                    sliding_window_shapes=(3, window, window),
                    strides=(3, stride, stride),
                    target=TARGET,
                )[0]
            return found

        def ours(window: int = window, stride: int = stride) -> np.ndarray:
            return attribute(
                photo, method="occlusion", target=TARGET, window=window, stride=stride
            ).raw

        np.testing.assert_allclose(ours(), peer().numpy(), atol=1e-4)
        compare(f"occlusion, window {window}, stride {stride}", peer, ours)
    integrated = IntegratedGradients(network)
    compare(
        "integrated gradients, 50 steps",
        lambda: integrated.attribute(batch, target=TARGET, n_steps=50),
        lambda: attribute(photo, method="integrated_gradients", target=TARGET),
    )


if __name__ == "__main__":
    main()
