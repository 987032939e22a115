"""A window's walk over numbers: every output cell with the cells it reads and its arithmetic.

Which input rows an output row reads, and through which row of the kernel, does not depend on the
column, so two short lists of links describe every cell: an output cell reads all pairs of its row
links and its column links. A transposed convolution has the same links with input and output
exchanged; the more links an output cell has, the more stamps overlap in it, and where a kernel is
no multiple of the stride their number changes from cell to cell: the checkerboard of Odena,
Dumoulin and Olah, *Deconvolution and Checkerboard Artifacts*, Distill (2016).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._ranges import Range, checked
from models._window import Window, transposed_window, window_of

__all__ = ["Step", "Term", "Walk", "walk"]

Operation = Literal["convolution", "transposed", "max_pooling", "average_pooling"]
Numbers = Literal["counting", "random", "edge", "spot", "checkerboard"]
Weights = Literal["random", "ones", "mean", "edge", "bilinear"]
Values = NDArray[np.float32]
Link = tuple[int, int]  # input index (outside the input: padding), tap of the kernel
Links = tuple[tuple[Link, ...], ...]  # for every output index

DrawnSize = Annotated[int, Range(1, 32, 1, "px")]
DrawnKernel = Annotated[int, Range(1, 11, 1)]
DrawnPadding = Annotated[int, Range(0, 10, 1, "px")]
DrawnStride = Annotated[int, Range(1, 8, 1, "px")]
DrawnDilation = Annotated[int, Range(1, 4, 1, "px")]
DrawnOutputPadding = Annotated[int, Range(0, 7, 1, "px")]
WEIGHTED = ("convolution", "transposed")
LARGEST_DRAWN = 64  # cells a side of an output


@dataclass(frozen=True)
class Term:
    """One product of a cell's sum, or one number a maximum is taken from."""

    row: int  # of the input; outside it in the padding
    column: int
    value: float  # 0 in the padding, minus infinity for max pooling
    weight: float  # 1 for pooling
    product: float
    padding: bool


@dataclass(frozen=True)
class Step:
    """One output cell, opened."""

    row: int
    column: int
    terms: tuple[Term, ...]
    divisor: int  # 1 unless the average is taken
    result: float
    arithmetic: str  # such as "1·2 + 0·3 = 2"


@dataclass(frozen=True, eq=False)
class Walk:
    """A whole walk; it iterates over its steps, row by row."""

    operation: str
    values: Values  # (height, width) input
    weights: Values  # (kernel height, kernel width); ones for pooling
    outputs: Values  # (output height, output width)
    row_links: Links  # for every output row: (input row, kernel row)
    column_links: Links  # for every output column: (input column, kernel column)
    divisors: NDArray[np.int64]  # (output height, output width); ones unless averaging
    overlaps: NDArray[np.int64]  # (output height, output width) input cells each output reads
    feeds: NDArray[np.int64]  # (height, width) outputs each input cell goes into
    padding: tuple[int, int, int, int]  # top, bottom, left, right, in pixels
    stride: tuple[int, int]  # down, across
    dilation: tuple[int, int]  # down, across

    def __len__(self) -> int:
        """How many output cells there are."""
        return self.outputs.size

    def __iter__(self) -> Iterator[Step]:
        """Go through the output cells as one reads a page."""
        return (self.step(int(row), int(column)) for row, column in np.ndindex(self.outputs.shape))

    def step(self, row: int, column: int) -> Step:
        """Open one output cell."""
        height, width = self.values.shape
        outside = -np.inf if self.operation == "max_pooling" else 0.0
        terms = []
        for y, tap_y in self.row_links[row]:
            for x, tap_x in self.column_links[column]:
                inside = 0 <= y < height and 0 <= x < width
                value = float(self.values[y, x]) if inside else outside
                weight = float(self.weights[tap_y, tap_x])
                terms.append(Term(y, x, value, weight, value * weight, not inside))
        divisor, result = int(self.divisors[row, column]), float(self.outputs[row, column])
        text = _write(self.operation, terms, divisor, result)
        return Step(row, column, tuple(terms), divisor, result, text)


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
        _Plan.of(operation, window, extra)
        for window, extra in zip((down, across), extras, strict=True)
    )
    generator = np.random.default_rng(seed)
    shape = (down.size, across.size)
    filled = fill_numbers(numbers, shape, generator)
    pattern = weights if operation in WEIGHTED else "ones"
    taps = fill_weights(pattern, (down.kernel, across.kernel), generator)
    return _carry_out(operation, filled, taps, (down, across), plans, count_padding)


@dataclass(frozen=True)
class _Plan:
    """The links of one axis."""

    links: Links
    counted: tuple[int, ...]  # padded positions in each window, as torch counts them

    @classmethod
    def of(cls, operation: str, window: Window, extra: int) -> "_Plan":
        if operation == "transposed":
            return cls._transposed(window, extra)
        if window.count > LARGEST_DRAWN:
            raise InputError("too_large_to_draw", output=window.count, limit=LARGEST_DRAWN)
        end = window.size + window.after
        links = []
        for position in range(window.count):
            links.append(tuple((index, tap) for tap, index in enumerate(window.taps(position))))
        counted = tuple(sum(index < end for index, _ in link) for link in links)
        return cls(tuple(links), counted)

    @classmethod
    def _transposed(cls, window: Window, extra: int) -> "_Plan":
        wide = transposed_window(window.size, window, extra)
        if wide.size > LARGEST_DRAWN:
            raise InputError("too_large_to_draw", output=wide.size, limit=LARGEST_DRAWN)
        links: list[list[Link]] = [[] for _ in range(wide.size)]
        for position in range(window.size):
            for tap, target in enumerate(wide.taps(position)):
                if 0 <= target < wide.size:
                    links[target].append((position, tap))
        return cls(tuple(tuple(link) for link in links), tuple(len(link) for link in links))


def fill_numbers(numbers: str, shape: tuple[int, int], generator: np.random.Generator) -> Values:
    """Fill an input of (height, width) with numbers that are easy to follow."""
    rows, columns = np.indices(shape)
    patterns = {
        "counting": rows * shape[1] + columns,
        "edge": np.where(columns < (shape[1] + 1) // 2, 1, 8),
        "spot": np.where((rows == shape[0] // 2) & (columns == shape[1] // 2), 9, 0),
        "checkerboard": (rows + columns) % 2 * 9,
    }
    if numbers in patterns:
        return patterns[numbers].astype(np.float32)
    return generator.integers(0, 10, shape).astype(np.float32)


def fill_weights(weights: str, shape: tuple[int, int], generator: np.random.Generator) -> Values:
    """Fill a kernel of (height, width)."""
    rows, columns = shape
    if weights == "ones":
        return np.ones(shape, np.float32)
    if weights == "mean":
        return np.full(shape, 1 / (rows * columns), np.float32)
    if weights == "edge":
        return np.broadcast_to(np.sign(np.arange(columns) - (columns - 1) / 2), shape).astype(
            np.float32
        )
    if weights == "bilinear":
        return np.outer(_tent(rows), _tent(columns)).astype(np.float32)
    return generator.integers(-2, 3, shape).astype(np.float32)


def _tent(taps: int) -> NDArray[np.float64]:
    """Weights that interpolate linearly when the stride is half the taps (rounded up)."""
    factor = (taps + 1) // 2
    middle = factor - 1 if taps % 2 else factor - 0.5
    tent: NDArray[np.float64] = 1 - np.abs(np.arange(taps) - middle) / factor
    return tent


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
    plans: tuple[_Plan, ...],
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


def _feeds(window: Window, plan: _Plan) -> NDArray[np.int64]:
    feeds = np.zeros(window.size, np.int64)
    for link in plan.links:
        for index, _ in link:
            if 0 <= index < window.size:
                feeds[index] += 1
    return feeds


def _write(operation: str, terms: list[Term], divisor: int, result: float) -> str:
    if operation == "max_pooling":
        return f"max({', '.join(_number(term.value) for term in terms)}) = {_number(result)}"
    if operation == "average_pooling":
        total = " + ".join(_number(term.value) for term in terms)
        return f"({total}) / {divisor} = {_number(result)}"
    products = [f"{_number(term.value)}·{_signed(term.weight)}" for term in terms]
    return f"{' + '.join(products) or '0'} = {_number(result)}"


def _number(value: float) -> str:
    if np.isinf(value):
        return "−∞"
    return f"{value:.3f}".rstrip("0").rstrip(".").replace("-", "−")


def _signed(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)


def _or(value: int | None, otherwise: int | None) -> int:
    return otherwise if value is None else value  # type: ignore[return-value]
