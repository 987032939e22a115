"""Filtering a photo of 12 megapixels against OpenCV's own call, kernel by kernel.

python -m benchmarks.filtering
"""

import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np

from models.edge_filters import KERNELS, respond

ROUNDS = 15
SHAPE = (3000, 4000)
CASES = (
    ("sobel_x", "reflect", cv2.BORDER_REFLECT_101),
    ("box_3", "zero", cv2.BORDER_CONSTANT),
    ("laplacian_8", "replicate", cv2.BORDER_REPLICATE),
    ("scharr_y", "valid", cv2.BORDER_CONSTANT),
    ("prewitt_x", "wrap", cv2.BORDER_REFLECT_101),  # filter2D has no wrap: its nearest call
    ("gaussian_5", "reflect", cv2.BORDER_REFLECT_101),
    ("box_7", "reflect", cv2.BORDER_REFLECT_101),
)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(photo: np.ndarray, name: str, border: str, code: int) -> tuple[float, float]:
    """Median seconds of OpenCV's call and of ours, taken in turns."""
    kernel = KERNELS[name]

    def peer() -> object:
        return cv2.filter2D(photo, cv2.CV_32F, kernel, borderType=code)

    def ours() -> object:
        return respond(photo, kernel, border=border)  # type: ignore[arg-type]

    peer(), ours()  # the first round warms caches and threads
    pairs = [(seconds(peer), seconds(ours)) for _ in range(ROUNDS)]
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    return first, second


def main() -> None:
    """Measure both in turns, on a grey and on a colour photo, and print their ratio."""
    random = np.random.default_rng(0)
    for kind, shape in (("grey", SHAPE), ("colour", (*SHAPE, 3))):
        photo = random.integers(0, 256, shape, dtype=np.uint8)
        for name, border, code in CASES:
            peer, ours = compare(photo, name, border, code)
            print(
                f"{kind:6} {name:12} {border:10} OpenCV {peer * 1e3:6.1f} ms, "
                f"ours {ours * 1e3:6.1f} ms, ratio {ours / peer:.2f}"
            )


if __name__ == "__main__":
    main()
