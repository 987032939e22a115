"""What has OpenCV run an ONNX file; ``opencv_faces`` uses it."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models._images import Pixels

__all__ = ["Describer", "Finder"]

MOST = 5000  # places kept before suppression


class _Onnx(nn.Module):
    """A network that OpenCV runs; its file is kept as a buffer, so that its size counts."""

    content: torch.Tensor

    def __init__(self, file: Path) -> None:
        super().__init__()
        content = np.fromfile(file, np.uint8)
        self.register_buffer("content", torch.from_numpy(content))
        self.runner = self.open(content)

    def open(self, content: NDArray[np.uint8]) -> Any:
        """Have OpenCV read the file."""
        raise NotImplementedError


class Finder(_Onnx):
    """YuNet, with the suppression of what overlaps."""

    def open(self, content: NDArray[np.uint8]) -> Any:
        """Have OpenCV read the file."""
        import cv2

        return cv2.FaceDetectorYN.create("onnx", content, np.empty(0, np.uint8), (320, 320))

    def forward(self, pixels: Pixels, score: float, overlap: float) -> NDArray[np.float32]:
        """Find the faces of a photo; not from two threads at once.

        Args:
            pixels: uint8 (height, width, 3) RGB.
            score: Least score, 0..1.
            overlap: Largest IoU of two faces that are both kept.

        Returns:
            (faces, 15): left, top, width, height, five points (x, y), score.
        """
        self.runner.setInputSize((pixels.shape[1], pixels.shape[0]))
        self.runner.setScoreThreshold(score)
        self.runner.setNMSThreshold(overlap)
        self.runner.setTopK(MOST)
        _, found = self.runner.detect(np.ascontiguousarray(pixels[..., ::-1]))
        return np.zeros((0, 15), np.float32) if found is None else np.asarray(found, np.float32)


class Describer(_Onnx):
    """SFace."""

    def open(self, content: NDArray[np.uint8]) -> Any:
        """Have OpenCV read the file."""
        import cv2

        return cv2.FaceRecognizerSF.create("onnx", content, np.empty(0, np.uint8))

    def forward(self, crop: Pixels) -> NDArray[np.float32]:
        """Describe an aligned face (112, 112, 3) RGB: (128,) of any length; see ``Finder``."""
        found = np.array(self.runner.feature(np.ascontiguousarray(crop[..., ::-1])), np.float32)
        return found.reshape(-1)
