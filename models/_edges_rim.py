"""One answer opened to its sum, and what the border rules do where the kernel reaches past it."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._edges_kernels import Weights, as_kernel
from models._edges_sliding import Border, Map, anchor_of, padded, slide, turned
from models._errors import InputError
from models._images import Pixels, as_pixels, to_grey
from models._ranges import Range, checked

__all__ = ["Arithmetic", "BorderView", "Channel", "arithmetic", "compare_borders"]

Channel = Literal["grey", "red", "green", "blue"]
Place = Annotated[int, Range(0, 65535, 1, "px")]

BORDERS: tuple[Border, ...] = ("valid", "zero", "reflect", "replicate", "wrap")
CORNER = 4  # pixels of the photo shown of a corner, beside its border


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """The sum behind one answer."""

    patch: Map  # (rows, columns) grey levels under the kernel, borders included
    kernel: Weights  # (rows, columns) as laid on the photo
    products: Map  # (rows, columns) patch x kernel
    sum: float
    inside: NDArray[np.bool_]  # (rows, columns) False where the patch lies beyond the rim
    text: str  # the sum written out


@dataclass(frozen=True, eq=False)
class BorderView:
    """What one border rule does at the rim."""

    border: Border
    shape: tuple[int, int]  # of the answer
    corner: Map  # the upper left corner of the photo with the border drawn around it
    margin: tuple[int, int]  # rows and columns of ``corner`` that are border
    values: Map  # (H', W') the answer
    rim: float  # mean |answer| where the kernel reaches over the rim; 0 if nowhere
    interior: float  # mean |answer| elsewhere


@checked
def arithmetic(
    photo: Pixels,
    kernel: ArrayLike = "sobel_x",
    row: Place = 0,
    column: Place = 0,
    border: Border = "reflect",
    flip: bool = False,
    channel: Channel = "grey",
) -> Arithmetic:
    """Open one answer to the sum behind it.

    Args:
        photo: uint8 (H, W) or (H, W, 3).
        kernel: A name of ``KERNELS``, or a table of numbers.
        row: Of the answer, counted from 0 at the top.
        column: Of the answer, counted from 0 at the left.
        border: What lies beyond the rim.
        flip: True convolution.
        channel: Of a colour photo.

    Returns:
        Patch, kernel, products and sum, and the sum as text.

    Raises:
        InputError: ``pixel_outside`` if the answer has no such row or column.

    >>> photo = np.array([[10, 10, 0], [10, 10, 0], [10, 10, 0]], np.uint8)
    >>> arithmetic(photo, [[1, 0, -1]], row=1, column=1).text
    '10×1 + 10×0 + 0×(-1) = 10'
    """
    weights = as_kernel(kernel)
    laid, anchor = turned(weights, flip), anchor_of(weights, flip)
    plane = _plane(as_pixels(photo), channel)
    around = padded(plane, laid.shape, anchor, border)
    rows, columns = laid.shape
    height, width = around.shape[0] - rows + 1, around.shape[1] - columns + 1
    if row >= height or column >= width:
        raise InputError("pixel_outside", row=row, column=column, height=height, width=width)
    window = (slice(row, row + rows), slice(column, column + columns))
    within = np.ones(plane.shape, np.float32)
    beyond: Border = "valid" if border == "valid" else "zero"
    products = around[window] * laid
    total = float(products.sum(dtype=np.float64))
    return Arithmetic(
        patch=around[window],
        kernel=laid,
        products=products,
        sum=total,
        inside=padded(within, laid.shape, anchor, beyond)[window] > 0,
        text=_written(around[window], laid, total),
    )


def _plane(pixels: Pixels, channel: Channel) -> Map:
    if pixels.ndim == 2 or channel == "grey":
        return to_grey(pixels)
    return pixels[..., ("red", "green", "blue").index(channel)].astype(np.float32)


def _written(patch: Map, kernel: Weights, total: float) -> str:
    lines = [
        " + ".join(f"{_number(a)}×{_bracketed(b)}" for a, b in zip(one, two, strict=True))
        for one, two in zip(patch, kernel, strict=True)
    ]
    return "\n+ ".join(lines) + f" = {_number(total)}"


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if round(value, 4) else "0"


def _bracketed(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)


@checked
def compare_borders(
    photo: Pixels,
    kernel: ArrayLike = "sobel_x",
    flip: bool = False,
) -> tuple[BorderView, ...]:
    """Answer a photo under every border rule, and measure what each makes up at the rim.

    Args:
        photo: uint8 (H, W) or (H, W, 3); colour is weighed to grey.
        kernel: A name of ``KERNELS``, or a table of numbers.
        flip: True convolution.

    Returns:
        One view for each rule, ``valid`` first.
    """
    weights = as_kernel(kernel)
    grey = to_grey(as_pixels(photo))
    return tuple(_border_view(grey, weights, border, flip) for border in BORDERS)


def _border_view(grey: Map, weights: Weights, border: Border, flip: bool) -> BorderView:
    values = slide(grey, weights, border, flip)
    (top, left), (rows, columns) = anchor_of(weights, flip), weights.shape
    margin = (0, 0) if border == "valid" else (top, left)
    around = padded(grey, weights.shape, (top, left), border)
    size = np.abs(values)
    height, width = grey.shape
    inside = size
    if border != "valid":
        inside = size[top : height - rows + 1 + top, left : width - columns + 1 + left]
    reaching = size.size - inside.size
    rest = float(size.sum(dtype=np.float64) - inside.sum(dtype=np.float64))
    return BorderView(
        border=border,
        shape=(values.shape[0], values.shape[1]),
        corner=around[: margin[0] + CORNER, : margin[1] + CORNER],
        margin=margin,
        values=values,
        rim=max(rest, 0.0) / reaching if reaching else 0.0,
        interior=float(inside.mean(dtype=np.float64)) if inside.size else 0.0,
    )
