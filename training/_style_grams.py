"""Write down the Gram matrices of the paintings, so that a page can measure results against them.

    python -m training._style_grams --data ../shared/data --file gallery/styles/learned.npz

The paintings do not ship; their matrices, read by TinyVGG on a small copy, do.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.style_transfer import gram_matrices
from training._style_data import PAINTINGS, style_picture

__all__ = ["SIDE", "packed", "write"]

SIDE = 192  # pixels of the longer side, as results are measured on the page


def write(data: Path, file: Path) -> None:
    """Read every painting and write one file of all matrices."""
    tables = {}
    for style in PAINTINGS:
        levels = (style_picture(style, data) * 255).round().byte()
        pixels = np.ascontiguousarray(levels.permute(1, 2, 0).numpy())
        for each in gram_matrices(pixels, side=SIDE):
            tables[f"{style}/{each.layer}"] = packed(each.values)
    np.savez_compressed(file, allow_pickle=False, **tables)


def packed(values: NDArray[np.float32]) -> NDArray[np.float16]:
    """The upper half of a symmetric matrix, over the power of two that comes last.

    Its largest entry lies between 1 and 2 then, where half precision has its most digits.
    """
    exponent = np.floor(np.log2(values.max()))
    upper = values[np.triu_indices(len(values))] / 2**exponent
    return np.append(upper, exponent).astype(np.float16)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    asked = parser.parse_args()
    write(asked.data, asked.file)
