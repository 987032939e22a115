"""A small residual network that describes a face by 128 numbers of length one.

Two photos of one person are to lie close together, those of two people far apart. Nobody tells the
network what to look at: it is trained to tell some thousand people from each other, and what it
needs for that describes people it never saw, too. Of the angle to a person's own direction a
margin is taken in training, so that faces of one person are drawn together more than is needed to
name them: H. Wang et al., *CosFace: large margin cosine loss for deep face recognition*, 2018,
https://arxiv.org/abs/1801.09414. The blocks add to what they were given: K. He et al., *Deep
residual learning for image recognition*, 2016, https://arxiv.org/abs/1512.03385.

What comes out is the sum of what a face and its mirror image say, scaled to length one; so a face
and its mirror image are the same person. Distances between two vectors f and g of length one:
|f - g|^2 = 2 - 2 f.g.
"""

from typing import TYPE_CHECKING

from models._spec import ModelSpec

if TYPE_CHECKING:
    from models.networks._face_layers import FaceEmbedder

__all__ = ["FOLDER", "NUMBERS", "SIDE", "SPEC", "TEMPLATE", "build"]

FOLDER = "tiny_face_embedder"
SIDE = 112  # pixels of an aligned face
NUMBERS = 128
TEMPLATE = (  # x, y of both eyes, nose and corners of the mouth in an aligned face; pixels
    *((36.4, 47.5), (77.2, 47.5)),
    (57.2, 73.0),
    *((39.9, 91.6), (75.3, 91.6)),
)
WIDTHS = (16, 32, 64, 128)  # channels at 56, 28, 14 and 7 pixels
BLOCKS = (1, 2, 2)  # residual blocks at 28, 14 and 7 pixels


def build() -> "FaceEmbedder":
    """Build the untrained network.

    Returns:
        A module from grey faces (n, 1, 112, 112) in 0..1, aligned as ``TEMPLATE`` says, to
        (n, 128) of length one.
    """
    from models.networks._face_layers import FaceEmbedder

    return FaceEmbedder(WIDTHS, BLOCKS, NUMBERS)


SPEC = ModelSpec.from_card(FOLDER, build)
