"""Edge filters: slide a small table of numbers over a photo and add up what lies under it.

At every place the kernel k is laid on the photo, each weight is multiplied with the grey level
under it, and the products are added:

    answer[r, c] = sum over i, j of  k[i, j] * photo[r + i - a, c + j - b]

with (a, b) the middle of the kernel. Weights that are positive and even blur; weights that add up
to 0 answer only where something changes: that is an edge. This is correlation, which deep learning
calls convolution; true convolution turns the kernel by half a turn first (``flip=True``).

Grey levels run from 0 to 255, and so answers are in grey levels times weights. x runs along a row
to the right, y down the columns: a positive answer of ``sobel_x`` means brighter to the right, of
``sobel_y`` brighter below.

A photo that is 10 in its left half and 0 in its right has one vertical edge, and this kernel finds
it (the first example of Andrew Ng's course on convolutional networks; a 6 x 6 photo and a 3 x 3
kernel leave 4 x 4 places):

    >>> answer = respond(EXAMPLE, EXAMPLE_KERNEL, border="valid")
    >>> answer.values.astype(int).tolist()
    [[0, 30, 30, 0], [0, 30, 30, 0], [0, 30, 30, 0], [0, 30, 30, 0]]

Sources: Gonzalez and Woods, "Digital Image Processing", 4th edition, chapters 3 and 10; Dumoulin
and Visin, "A guide to convolution arithmetic for deep learning" (2016); and, for the kernels, the
slope, Canny's detector and the scores, the modules named ``_edges_...`` beside this one.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._edges_analysis import analyse_kernel
from models._edges_canny import canny
from models._edges_contest import compare_operators, detect_edges
from models._edges_gradients import gradient, rotation_error
from models._edges_kernels import KERNELS, Weights, as_kernel, normalise_kernel, resize_kernel
from models._edges_kernels import keeps_surface as _keeps_surface
from models._edges_rim import arithmetic, compare_borders
from models._edges_scoring import score_edges, synthetic_scene
from models._edges_sliding import Border, Map, slide, turned
from models._edges_smoothing import compare_smoothing
from models._images import Pixels, as_pixels, to_grey
from models._ranges import checked

__all__ = [
    "KERNELS",
    "analyse_kernel",
    "arithmetic",
    "canny",
    "compare_borders",
    "compare_operators",
    "compare_smoothing",
    "describe",
    "detect_edges",
    "gradient",
    "normalise_kernel",
    "present",
    "resize_kernel",
    "respond",
    "rotation_error",
    "score_edges",
    "synthetic_scene",
]

View = Literal["signed", "absolute", "clipped"]

# Ten on the left, nothing on the right, and the kernel that finds the edge between.
EXAMPLE: Pixels = np.array([[10, 10, 10, 0, 0, 0]] * 6, np.uint8)
EXAMPLE_KERNEL = [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
BINS = 64
SEEN = 99.5  # percent of the answers that lie on the scale of colours; a few strong ones pale all


@dataclass(frozen=True, eq=False)
class PhotoNumbers:
    """A photo as what it is: a table of numbers."""

    shape: tuple[int, ...]  # (height, width) or (height, width, 3)
    channels: tuple[str, ...]  # names along the last axis, or ("grey",)
    minimum: tuple[int, ...]  # one each channel, grey levels 0 .. 255
    maximum: tuple[int, ...]
    mean: tuple[float, ...]
    grey: Map  # (H, W) 0.299 red + 0.587 green + 0.114 blue
    histogram: NDArray[np.int64]  # (channels, 256) pixels of each level


@dataclass(frozen=True, eq=False)
class Response:
    """What a kernel answers at every place of a photo."""

    values: Map  # (H', W') for grey, (H', W', 3) for colour; grey levels x weights
    kernel: Weights  # (rows, columns) as laid on the photo: turned by half a turn if ``flip``


@dataclass(frozen=True, eq=False)
class Presentation:
    """An answer as it is put on a screen, and what that hides."""

    values: Map  # (H', W') or (H', W', 3), after the choice of view
    low: float  # end of the scale; beyond it the colour stays the same
    high: float
    counts: NDArray[np.int64]  # (64,) pixels in each bin of the answer before the choice
    bin_edges: Map  # (65,)
    keeps_surface: bool  # the weights add up to more than 0: the answer looks like a photo
    negative: float  # share of answers below 0: ``absolute`` hides their sign
    below: float  # share that ``clipped`` cuts to 0
    above: float  # share that ``clipped`` cuts to 255


@checked
def describe(photo: Pixels) -> PhotoNumbers:
    """Read a photo as a table of numbers.

    Args:
        photo: uint8 (H, W) or (H, W, 3).

    Returns:
        Its shape, each channel's range, mean and histogram, and its grey levels.
    """
    pixels = as_pixels(photo)
    planes = np.atleast_3d(pixels).reshape(-1, 1 if pixels.ndim == 2 else 3)
    return PhotoNumbers(
        shape=pixels.shape,
        channels=("grey",) if pixels.ndim == 2 else ("red", "green", "blue"),
        minimum=tuple(int(level) for level in planes.min(axis=0)),
        maximum=tuple(int(level) for level in planes.max(axis=0)),
        mean=tuple(float(level) for level in planes.mean(axis=0)),
        grey=to_grey(pixels),
        histogram=np.stack([np.bincount(plane, minlength=256) for plane in planes.T]),
    )


@checked
def respond(
    photo: Pixels,
    kernel: ArrayLike = "sobel_x",
    border: Border = "reflect",
    flip: bool = False,
) -> Response:
    """Slide a kernel over a photo.

    Args:
        photo: uint8 (H, W), or (H, W, 3): then each channel is answered on its own.
        kernel: A name of ``KERNELS``, or a table of numbers, 1 to 15 rows and columns.
        border: What lies beyond the rim. ``valid``: nothing, the answer is smaller. ``zero``:
            black. ``reflect``: the photo mirrored at its rim pixel, which is not repeated.
            ``replicate``: the rim pixel again and again. ``wrap``: the opposite side.
        flip: Turn the kernel by half a turn first: true convolution.

    Returns:
        float32 values (H - rows + 1, W - columns + 1) with ``valid``, else (H, W), times 3
        channels for colour.
    """
    weights = as_kernel(kernel)
    return Response(slide(as_pixels(photo), weights, border, flip), turned(weights, flip))


@checked
def present(
    photo: Pixels,
    kernel: ArrayLike = "sobel_x",
    view: View = "signed",
    border: Border = "reflect",
    flip: bool = False,
    colour: bool = False,
) -> Presentation:
    """Answer a photo and put the answer on a scale that a screen can show.

    A screen shows 0 to 255; an answer has a sign and no such limits. ``signed`` keeps everything
    and needs a scale with two colours; ``absolute`` hides which side is the brighter one;
    ``clipped``, which is what saving as an 8-bit picture does, hides all that is negative.

    Args:
        photo: uint8 (H, W) or (H, W, 3).
        kernel: A name of ``KERNELS``, or a table of numbers.
        view: How the answer is put on the scale.
        border: What lies beyond the rim.
        flip: True convolution.
        colour: Answer each channel on its own; else the photo is weighed to grey first.

    Returns:
        The values as shown, the ends of their scale, the histogram of the answer, and the shares
        that a view hides.
    """
    pixels, weights = as_pixels(photo), as_kernel(kernel)
    if colour:
        values = slide(pixels, weights, border, flip)
    else:
        values = slide(to_grey(pixels), weights, border, flip)
    counts, bin_edges = np.histogram(values, BINS)
    reach = max(float(np.percentile(np.abs(values), SEEN)), 1.0)
    shown, low, high = {
        "signed": (values, -reach, reach),
        "absolute": (np.abs(values), 0.0, reach),
        "clipped": (values.clip(0, 255), 0.0, 255.0),
    }[view]
    return Presentation(
        values=shown,
        low=low,
        high=high,
        counts=counts,
        bin_edges=bin_edges.astype(np.float32),
        keeps_surface=_keeps_surface(weights),
        negative=float((values < 0).mean()),
        below=float((values < 0).mean()),
        above=float((values > 255).mean()),
    )
