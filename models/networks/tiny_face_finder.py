"""A small network that finds faces in a grey photo: box, score and five landmarks.

Three grids of cells lie over the photo, with a cell for 8, 16 and 32 pixels. Each cell whose
centre lies in the middle of a face is to say so, and where the face is: no anchors, no windows.
Z. Tian et al., *FCOS: fully convolutional one-stage object detection*, 2019,
https://arxiv.org/abs/1904.01355; with landmarks: J. Deng et al., *RetinaFace*, 2020,
https://arxiv.org/abs/1905.00641. Small faces are left to fine grids, large ones to coarse grids;
what the coarse grids know is added to the finer: T.-Y. Lin et al., *Feature pyramid networks for
object detection*, 2017, https://arxiv.org/abs/1612.03144.

Each cell answers with 15 numbers r. With s the stride of its grid, its centre at
cx = (column + 0.5) s, cy = (row + 0.5) s, all in pixels of the network's input:

    score        1 / (1 + exp(-r0))
    middle       x = cx + s r1,  y = cy + s r2
    size         w = 4 s exp(r3),  h = 4 s exp(r4)
    landmark k   x = cx + 2 s r(5 + 2k),  y = cy + 2 s r(6 + 2k),  k = 0..4:
                 the eye on the left of the photo, the one on the right, the tip of the nose, the
                 corner of the mouth on the left, the one on the right

``decode`` does so. Several cells find the same face, so boxes that overlap have to be suppressed.
"""

from typing import TYPE_CHECKING

from models._spec import ModelSpec

if TYPE_CHECKING:
    import torch

    from models.networks._face_layers import FaceFinder

__all__ = ["FOLDER", "INPUT", "MULTIPLE", "NUMBERS", "SPEC", "STRIDES", "build", "decode"]

FOLDER = "tiny_face_finder"
INPUT = 320  # pixels that the longer side of a photo is scaled to; 640 finds smaller faces
MULTIPLE = 32  # of which both sides have to be multiples; grey (0.45) is added below and right
STRIDES = (8, 16, 32)  # pixels from cell to cell
NUMBERS = 15  # of each cell
WIDTHS = (16, 32, 48, 96, 128)  # channels at a half, a quarter, ... of the photo's size
SHARED = 48  # channels in which the grids speak to each other


def build() -> "FaceFinder":
    """Build the untrained network.

    Returns:
        A module from grey photos (n, 1, height, width) in 0..1 to a tuple, for each of
        ``STRIDES`` (n, height / stride, width / stride, 15).
    """
    from models.networks._face_layers import FaceFinder

    return FaceFinder(WIDTHS, SHARED, NUMBERS)


def decode(raw: "torch.Tensor", stride: int) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    """Turn the numbers of one grid into pixels of the network's input.

    Args:
        raw: (rows, columns, 15), of one photo.
        stride: Pixels from cell to cell.

    Returns:
        Scores (cells,) in 0..1, boxes (cells, 4) x1 y1 x2 y2, landmarks (cells, 5, 2); row by row.
    """
    import torch

    rows, columns = raw.shape[:2]
    down = (torch.arange(rows, device=raw.device) + 0.5) * stride
    across = (torch.arange(columns, device=raw.device) + 0.5) * stride
    centres = torch.stack(torch.meshgrid(across, down, indexing="xy"), -1).view(-1, 2)
    numbers = raw.reshape(-1, NUMBERS).float()
    middle = centres + stride * numbers[:, 1:3]
    half = 2 * stride * numbers[:, 3:5].clamp(max=4).exp()
    landmarks = centres[:, None] + 2 * stride * numbers[:, 5:].view(-1, 5, 2)
    return numbers[:, 0].sigmoid(), torch.cat([middle - half, middle + half], 1), landmarks


SPEC = ModelSpec.from_card(FOLDER, build)
