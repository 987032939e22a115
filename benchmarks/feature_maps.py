"""Feature maps against a bare forward pass of the same network on the same square.

python -m benchmarks.feature_maps
"""

import statistics
import time
from collections.abc import Callable

import torch
from skimage import data

from models._sight import look, network_of, normalise
from models.cnn_visualization import feature_maps

ROUNDS = 25
LAYERS = ("features.2", "features.15", "features.26", "classifier")
SIDES = (64, 128, 224)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure in turns; ours reads, resizes and sorts as well, but stops at the layer."""
    photo = data.coffee()  # type: ignore[no-untyped-call]
    network = network_of("tiny_vgg")
    print(f"{torch.get_num_threads()} threads")
    for side in SIDES:
        batch = normalise(look(photo, "tiny_vgg", side).pixels, "tiny_vgg")
        for layer in LAYERS:

            def peer(batch: torch.Tensor = batch) -> object:
                with torch.inference_mode():
                    return network(batch)

            def ours(layer: str = layer, side: int = side) -> object:
                return feature_maps(photo, layer=layer, side=side)

            peer(), ours()
            pairs = [(seconds(peer), seconds(ours)) for _ in range(ROUNDS)]
            first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(
                f"{side:4} px, up to {layer:12} forward {first * 1e3:6.2f} ms, "
                f"maps {second * 1e3:6.2f} ms, ratio {second / first:.2f}"
            )


if __name__ == "__main__":
    main()
