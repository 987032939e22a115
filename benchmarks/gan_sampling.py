"""Samples a second through the demo's own function, against the bare generator on the same batch.

python -m benchmarks.gan_sampling
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from models._gan_network import MODELS, ModelName, find_gan, network_of
from models.gan_sampling import sample

ROUNDS = 5
COUNTS = (1, 16, 64, 256)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(model: ModelName, count: int) -> None:
    """Time both in turns and print samples a second and their ratio."""
    network, kind = network_of(model), find_gan(model)
    seeds = range(count)
    made = sample(model, seeds)
    latents, labels = torch.tensor(made.latents), torch.tensor(made.labels)

    def bare() -> torch.Tensor:
        with torch.inference_mode():
            pictures: torch.Tensor = network.generator(latents, labels)
        return pictures

    def ours() -> np.ndarray:
        return sample(model, seeds).images

    levels = ((bare() + 1) * 127.5).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(ours(), levels, atol=1)  # the same pictures, rounded
    pairs = [(seconds(bare), seconds(ours)) for _ in range(ROUNDS)]
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"{kind.name:12} {count:4} samples: bare {count / first:8.0f} a second, "
        f"ours {count / second:8.0f} a second, {first / second:.2f} times as fast"
    )


def main() -> None:
    """Measure every model at several batch sizes; seeds, pictures and the queue are included."""
    print(f"{torch.get_num_threads()} threads")
    for spec in MODELS:
        for count in COUNTS:
            compare(spec.name, count)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
