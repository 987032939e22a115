"""A window's walk over numbers: every output cell with the cells it reads and its arithmetic.

Which input rows an output row reads, and through which row of the kernel, does not depend on the
column, so two short lists of links describe every cell: an output cell reads all pairs of its row
links and its column links. A transposed convolution has the same links with input and output
exchanged; the more links an output cell has, the more stamps overlap in it, and where a kernel is
no multiple of the stride their number changes from cell to cell: the checkerboard of Odena,
Dumoulin and Olah, *Deconvolution and Checkerboard Artifacts*, Distill (2016).
"""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._ranges import Range, checked
from models._walk_links import AxisLinks, Link
from models._walk_numbers import Numbers, Values, Weights, fill_numbers, fill_weights
from models._walk_steps import Walk
from models._window import Window, window_of

__all__ = ["walk"]

Operation = Literal["convolution", "transposed", "max_pooling", "average_pooling"]

DrawnSize = Annotated[int, Range(1, 32, 1, "px")]
DrawnKernel = Annotated[int, Range(1, 11, 1)]
DrawnPadding = Annotated[int, Range(0, 10, 1, "px")]
DrawnStride = Annotated[int, Range(1, 8, 1, "px")]
DrawnDilation = Annotated[int, Range(1, 4, 1, "px")]
DrawnOutputPadding = Annotated[int, Range(0, 7, 1, "px")]
WEIGHTED = ("convolution", "transposed")


@checked
def walk(
    operation: Operation = "convolution",
    size: DrawnSize = 5,
    kernel: DrawnKernel = 3,
    padding: DrawnPadding = 0,
    stride: DrawnStride = 1,
    dilation: DrawnDilation = 1,
    dimensions: Literal[1, 2] = 2,
    width: DrawnSize | None = None,
    kernel_width: DrawnKernel | None = None,
    padding_width: DrawnPadding | None = None,
    padding_after: DrawnPadding | None = None,
    padding_after_width: DrawnPadding | None = None,
    stride_width: DrawnStride | None = None,
    dilation_width: DrawnDilation | None = None,
    output_padding: DrawnOutputPadding = 0,
    output_padding_width: DrawnOutputPadding | None = None,
    ceil_mode: bool = False,
    count_padding: bool = True,
    numbers: Numbers = "random",
    weights: Weights = "random",
    seed: Annotated[int, Range(0, 9999, 1)] = 0,
) -> Walk:
    """Slide a window over numbers and keep every step.

    Without a ``_width`` of its own, the width follows the height. In one dimension the picture is
    one row, and the parameters without ``_width`` go along it.

    Args:
        operation: What happens in the window.
        size: Height of the input, or its length in one dimension.
        kernel: Taps down.
        padding: Zeros above, and below unless ``padding_after`` says otherwise.
        stride: Pixels from one window to the next.
        dilation: Pixels from one tap to the next.
        dimensions: 1 for a row of numbers, 2 for a picture.
        width: Width of the input.
        kernel_width: Taps across.
        padding_width: Zeros on the left, and on the right unless said otherwise.
        padding_after: Zeros below.
        padding_after_width: Zeros on the right.
        stride_width: Stride across.
        dilation_width: Dilation across.
        output_padding: Rows added below (transposed convolution).
        output_padding_width: Columns added on the right (transposed convolution).
        ceil_mode: Keep a last window that hangs over the end (pooling).
        count_padding: Whether padding counts in the average (average pooling).
        numbers: What the input is filled with.
        weights: What the kernel is filled with.
        seed: Which random numbers.

    Returns:
        Input, kernel, output and the links between them.

    Raises:
        InputError: The window does not fit, or the output is too large to draw.

    >>> walk(size=3, kernel=2, numbers="counting", weights="ones").outputs.tolist()
    [[8.0, 12.0], [20.0, 24.0]]
    >>> walk("max_pooling", 4, 2, stride=2, numbers="counting").step(0, 0).arithmetic
    'max(0, 1, 4, 5) = 5'
    """
    down = _axis(operation, size, kernel, padding, padding_after, stride, dilation, ceil_mode)
    across = _axis(
        operation,
        _or(width, size),
        _or(kernel_width, kernel),
        _or(padding_width, padding),
        _or(padding_after_width, padding_after if padding_width is None else None),
        _or(stride_width, stride),
        _or(dilation_width, dilation),
        ceil_mode,
    )
    extras = (output_padding, _or(output_padding_width, output_padding))
    if dimensions == 1:
        down, across, extras = Window(1, 1), down, (0, output_padding)
    plans = tuple(
        AxisLinks.of(operation, window, extra)
        for window, extra in zip((down, across), extras, strict=True)
    )
    generator = np.random.default_rng(seed)
    shape = (down.size, across.size)
    filled = fill_numbers(numbers, shape, generator)
    pattern = weights if operation in WEIGHTED else "ones"
    taps = fill_weights(pattern, (down.kernel, across.kernel), generator)
    return _carry_out(operation, filled, taps, (down, across), plans, count_padding)


def _axis(
    operation: str,
    size: int,
    kernel: int,
    padding: int,
    padding_after: int | None,
    stride: int,
    dilation: int,
    ceil_mode: bool,
) -> Window:
    pooling = operation not in WEIGHTED
    window = window_of(
        size, kernel, padding, stride, dilation, ceil_mode and pooling, padding_after
    )
    if operation == "average_pooling" and dilation > 1:
        raise InputError("average_dilation")
    if pooling and max(window.before, window.after) > kernel // 2:
        raise InputError(
            "pool_padding", padding=max(window.before, window.after), limit=kernel // 2
        )
    return window


def _carry_out(
    operation: str,
    values: Values,
    weights: Values,
    windows: tuple[Window, Window],
    plans: tuple[AxisLinks, ...],
    count_padding: bool,
) -> Walk:
    down, across = plans
    inside = [
        np.array([sum(0 <= index < window.size for index, _ in link) for link in plan.links])
        for window, plan in zip(windows, plans, strict=True)
    ]
    overlaps = np.outer(*inside)
    divisors = np.ones_like(overlaps)
    if operation == "average_pooling":
        divisors = np.outer(down.counted, across.counted) if count_padding else overlaps
    outputs = np.array(
        [
            [_answer(operation, values, weights, rows, columns) for columns in across.links]
            for rows in down.links
        ],
        np.float64,
    )
    return Walk(
        operation,
        values,
        weights,
        (outputs / np.maximum(divisors, 1)).astype(np.float32),
        down.links,
        across.links,
        divisors,
        overlaps,
        np.outer(*(_feeds(w, plan) for w, plan in zip(windows, plans, strict=True))),
        (windows[0].before, windows[0].after, windows[1].before, windows[1].after),
        (windows[0].stride, windows[1].stride),
        (windows[0].dilation, windows[1].dilation),
    )


def _answer(
    operation: str,
    values: Values,
    weights: Values,
    rows: tuple[Link, ...],
    columns: tuple[Link, ...],
) -> float:
    """Add the products of one output cell, or take its maximum; padding adds nothing."""
    height, width = values.shape
    rows = tuple(link for link in rows if 0 <= link[0] < height)
    columns = tuple(link for link in columns if 0 <= link[0] < width)
    if not rows or not columns:
        return -np.inf if operation == "max_pooling" else 0.0
    (ys, taps_y), (xs, taps_x) = zip(*rows, strict=True), zip(*columns, strict=True)
    patch = values[np.ix_(ys, xs)].astype(np.float64)
    if operation == "max_pooling":
        return float(patch.max())
    return float((patch * weights[np.ix_(taps_y, taps_x)]).sum())


def _feeds(window: Window, plan: AxisLinks) -> NDArray[np.int64]:
    feeds = np.zeros(window.size, np.int64)
    for link in plan.links:
        for index, _ in link:
            if 0 <= index < window.size:
                feeds[index] += 1
    return feeds


def _or(value: int | None, otherwise: int | None) -> int:
    return otherwise if value is None else value  # type: ignore[return-value]
