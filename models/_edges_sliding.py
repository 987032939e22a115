"""Sliding a kernel over a picture: the sum, the borders, and the arithmetic of one pixel.

Everything here is correlation, answer[r, c] = sum over (i, j) of kernel[i, j] picture[r + i - a,
c + j - b]; true convolution is the same with the kernel turned by half a turn. The anchor (a, b) is
the middle of the kernel. A side of even length has no middle: then it is the pixel after it, or
before it once the kernel is turned, as in ``scipy.ndimage``.
"""

from typing import Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from models._edges_kernels import Weights
from models._errors import InputError

__all__ = ["Border", "Map", "Picture", "anchor_of", "check_fits", "padded", "slide", "turned"]

Border = Literal["valid", "zero", "reflect", "replicate", "wrap"]

Map = NDArray[np.float32]
Picture = TypeVar("Picture", NDArray[np.uint8], NDArray[np.float32])

BORDERS = {
    "valid": cv2.BORDER_CONSTANT,
    "zero": cv2.BORDER_CONSTANT,
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
}


def turned(weights: Weights, flip: bool) -> Weights:
    """The kernel as it is laid on the picture: turned by half a turn for true convolution."""
    return np.ascontiguousarray(weights[::-1, ::-1]) if flip else weights


def anchor_of(weights: Weights, flip: bool) -> tuple[int, int]:
    """Row and column of the kernel that lie on the pixel being answered."""
    rows, columns = weights.shape
    return (rows - flip) // 2, (columns - flip) // 2


def slide(picture: Picture, weights: Weights, border: Border, flip: bool) -> Map:
    """Correlate (or convolve) a picture with a kernel.

    Args:
        picture: (height, width) or (height, width, 3), in grey levels.
        weights: (rows, columns).
        border: What lies beyond the rim; with ``valid`` nothing does, and the answer shrinks.
        flip: Turn the kernel first: true convolution.

    Returns:
        float32; (height - rows + 1, width - columns + 1, ...) if ``valid``, else as the picture.
    """
    top, left = anchor_of(weights, flip)
    laid = turned(weights, flip)
    if border == "wrap":  # filter2D knows no wrap: pad by hand, answer the inside
        around = padded(picture, laid.shape, (top, left), "wrap")
        return slide(around, weights, "valid", flip)
    if border == "valid":
        check_fits(picture.shape, laid.shape)
    whole = np.ascontiguousarray(picture)
    answer = cv2.filter2D(whole, cv2.CV_32F, laid, anchor=(left, top), borderType=BORDERS[border])
    if border == "valid":
        rows, columns = laid.shape
        bottom, right = picture.shape[0] - rows + 1 + top, picture.shape[1] - columns + 1 + left
        answer = answer[top:bottom, left:right]
    return np.asarray(answer, np.float32)


def check_fits(picture: tuple[int, ...], kernel: tuple[int, ...]) -> None:
    """Refuse a kernel that is larger than the picture, where there is no border to help."""
    if kernel[0] > picture[0] or kernel[1] > picture[1]:
        raise InputError(
            "kernel_larger_than_photo",
            kernel=f"{kernel[0]} × {kernel[1]}",
            photo=f"{picture[0]} × {picture[1]}",
        )


def padded(
    picture: Picture, kernel: tuple[int, ...], anchor: tuple[int, int], border: Border
) -> Picture:
    """The picture with as much of its border drawn around it as a kernel of this shape needs.

    Args:
        picture: (height, width) or (height, width, 3).
        kernel: Rows and columns of the kernel.
        anchor: Row and column of the kernel that lie on the answered pixel.
        border: What lies beyond the rim; ``valid`` adds nothing.

    Returns:
        (height + rows - 1, width + columns - 1, ...), of the same type.
    """
    if border == "valid":
        return picture
    top, left = anchor
    bottom, right = kernel[0] - 1 - top, kernel[1] - 1 - left
    drawn = cv2.copyMakeBorder(
        np.ascontiguousarray(picture), top, bottom, left, right, BORDERS[border]
    )
    return np.asarray(drawn, picture.dtype)
