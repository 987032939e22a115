"""Which cells and anchors answer for which boxes, and how far the answers are off.

An object is answered for by the cell of its centre and by the nearest cell beside it and the
nearest above or below it, and there by every anchor that its shape is near to, as in YOLOv5: more
answers to learn from than one a box, which matters where boxes are few.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torchvision.ops import box_iou, generalized_box_iou_loss

from models.networks.tiny_yolo import STRIDE

__all__ = ["Losses", "Target", "assign", "decode", "encode", "losses"]

NEAR = 3.0  # an anchor answers for a box whose sides are less than so many times its own, or more
KNOWN = 0.6  # IoU with a true box from which on an answer is not taught to be wrong
SMOOTHING = 0.05  # of the classes
BOX, OBJECT = 2.0, 1.0  # weights of the losses beside that of the class
LARGEST = 4.0  # of tw and th: 55 times the anchor


@dataclass(frozen=True, eq=False)
class Target:
    """The boxes of a batch; those of one photo beside each other, filled up with empty ones."""

    boxes: torch.Tensor  # (photos, n, 4) x1, y1, x2, y2 in pixels
    labels: torch.Tensor  # (photos, n) classes; -1: ignored or empty
    trust: torch.Tensor  # (photos, rows, columns) weight of a cell as an example of nothing


@dataclass(frozen=True, eq=False)
class Losses:
    """The parts of the loss, each in the mean over the answers for objects."""

    box: torch.Tensor  # 1 - GIoU
    label: torch.Tensor  # cross entropy
    objectness: torch.Tensor  # binary cross entropy of all answers

    @property
    def whole(self) -> torch.Tensor:
        """What training makes small."""
        return BOX * self.box + self.label + OBJECT * self.objectness


def decode(raw: torch.Tensor, anchors: torch.Tensor) -> torch.Tensor:
    """Turn raw numbers into boxes, by the formula of ``models/networks/tiny_yolo.py``.

    From (n, rows, columns, anchors, 4 or more) to (..., 4), x1, y1, x2, y2 in pixels of the input.
    """
    rows, columns = (torch.arange(each, device=raw.device) for each in raw.shape[1:3])
    cells = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1)[:, :, None]
    centres = (2 * raw[..., :2].sigmoid() - 0.5 + cells) * STRIDE
    halves = anchors * raw[..., 2:4].clamp(max=LARGEST).exp() / 2
    return torch.cat([centres - halves, centres + halves], -1)


def encode(
    boxes: torch.Tensor, cells: torch.Tensor, anchors: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The raw numbers that ``decode`` would turn into boxes (n, 4), and whether there are any.

    Args:
        boxes: (n, 4), x1, y1, x2, y2 in pixels.
        cells: (n, 2), column and row that answers for each.
        anchors: (n, 2), the anchor that does.

    Returns:
        (n, 4) numbers tx, ty, tw, th, and (n,) whether the centre is within the cell's reach.
    """
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 / STRIDE
    shares = (centres - cells + 0.5) / 2
    reached = ((shares > 0) & (shares < 1)).all(-1)
    return torch.cat([shares.logit(), ((boxes[:, 2:] - boxes[:, :2]) / anchors).log()], -1), reached


def assign(
    boxes: torch.Tensor, anchors: torch.Tensor, rows: int, columns: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Find the cells and anchors that answer for boxes.

    Args:
        boxes: (n, 4), x1, y1, x2, y2 in pixels of the input.
        anchors: (anchors, 2), width and height.
        rows: Of the grid.
        columns: Of the grid.

    Returns:
        (answers,) which box, and (answers, 3) the row, the column and the anchor that answers.
    """
    sizes = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
    ratios = sizes[:, None] / anchors
    apart = torch.maximum(ratios, 1 / ratios).amax(-1)  # (n, anchors)
    near = apart < NEAR
    near |= F.one_hot(apart.argmin(1), len(anchors)).bool()
    limit = torch.tensor([columns, rows], device=boxes.device)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 / STRIDE
    home = torch.minimum(centres.floor().long().clamp(min=0), limit - 1)
    aside = torch.where(centres - home < 0.5, -1, 1)  # towards the nearest neighbour
    ways = torch.tensor([[0, 0], [1, 0], [0, 1]], device=boxes.device)  # none, across, down
    cells = home[:, None] + aside[:, None] * ways  # (n, 3, 2) column, row
    inside = ((cells >= 0) & (cells < limit)).all(-1)
    box, cell, anchor = (inside[:, :, None] & near[:, None]).nonzero(as_tuple=True)
    return box, torch.stack([cells[box, cell, 1], cells[box, cell, 0], anchor], -1)


def losses(raw: torch.Tensor, anchors: torch.Tensor, target: Target) -> Losses:
    """Measure raw numbers (photos, rows, columns, anchors, 5 + classes) against true boxes."""
    rows, columns = raw.shape[1:3]
    photo, place = (target.labels >= 0).nonzero(as_tuple=True)
    boxes, labels = target.boxes[photo, place], target.labels[photo, place]
    which, slot = assign(boxes, anchors, rows, columns)
    where = (photo[which], *slot.unbind(-1))
    found = decode(raw, anchors)
    answers = max(len(which), 1)
    box_losses = generalized_box_iou_loss(found[where], boxes[which], reduction="none")
    logits = raw[where][:, 5:]
    label = F.cross_entropy(logits, labels[which], label_smoothing=SMOOTHING, reduction="sum")
    wanted, weights = _objectness(found.detach(), where, boxes[which], target)
    each = F.binary_cross_entropy_with_logits(raw[..., 4], wanted, weights, reduction="sum")
    return Losses(box_losses.sum() / answers, label / answers, each / answers)


def _objectness(
    found: torch.Tensor,
    where: tuple[torch.Tensor, ...],
    boxes: torch.Tensor,
    target: Target,
) -> tuple[torch.Tensor, torch.Tensor]:
    """What objectness should be, (photos, rows, columns, anchors), and how much that weighs."""
    photos, rows, columns, anchors = found.shape[:4]
    flat = found.flatten(1, 3)
    weights = target.trust[..., None].expand(-1, -1, -1, anchors).clone()
    for number in range(photos):
        real, ignored = target.labels[number] >= 0, target.labels[number] < 0
        known = box_iou(flat[number], target.boxes[number, real]) > KNOWN
        within = _within(flat[number], target.boxes[number, ignored])
        unsure = known.any(1) | within.any(1)
        weights[number].view(-1)[unsure] = 0
    wanted = torch.zeros(photos, rows, columns, anchors, device=found.device)
    fit = _pairwise(found[where], boxes)
    order = fit.argsort()  # where two boxes share an answer, the better fit counts
    wanted[tuple(each[order] for each in where)] = (1 + fit[order]) / 2
    weights[where] = 1
    return wanted, weights


def _pairwise(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """IoU of each box (n, 4) with the one in the same place."""
    sides = torch.minimum(first[:, 2:], second[:, 2:]) - torch.maximum(first[:, :2], second[:, :2])
    shared = sides.clamp(min=0).prod(1)
    areas = [(each[:, 2:] - each[:, :2]).prod(1) for each in (first, second)]
    return shared / (areas[0] + areas[1] - shared).clamp(min=1e-6)


def _within(boxes: torch.Tensor, regions: torch.Tensor) -> torch.Tensor:
    """Whether the centre of each box lies in each region: (boxes, regions)."""
    centres = ((boxes[:, :2] + boxes[:, 2:]) / 2)[:, None]
    return ((centres >= regions[:, :2]) & (centres < regions[:, 2:])).all(-1)
