"""Style transfer: what one picture shows, painted as another is painted.

A network trained to name photos keeps two things apart without having been told to. *What stands
where* is in the features of its deeper layers, place by place. *How it is painted* is in which
features occur together, wherever that is: the Gram matrix G = F F^T / (C H W) of each layer. Style
transfer looks for a picture x with the first of a photo p and the second of a painting a:

    J(x) = alpha J_content(x, p) + beta J_style(x, a)

Two ways lead there. ``optimise`` follows the gradient of J to the pixels, step by step, for any two
pictures (Gatys, Ecker and Bethge, CVPR 2016, https://arxiv.org/abs/1508.06576). ``stylise`` asks a
network that was trained to lower J for every photo at once, in a single pass (Johnson, Alahi and
Fei-Fei, 2016, https://arxiv.org/abs/1603.08155), for all of ``STYLES`` and any blend of them
(Dumoulin, Shlens and Kudlur, 2017, https://arxiv.org/abs/1610.07629).
"""

from models._style_colours import Colours
from models._style_distances import Distance, LayerDistance, content_distance, style_distance
from models._style_fast import Stylised, stylise, stylise_blend
from models._style_grams import GramMatrix, gram, gram_matrices
from models._style_names import MODELS, STYLES, LossName, RegionName, Style, StyleName
from models._style_optimise import Losses, Optimiser, Start, Step, optimise
from models._style_pad import Pad, blend_pad
from models._style_reconstructions import reconstruct_content, reconstruct_style
from models._style_regions import stylise_regions
from models._style_shuffle import LayerMove, Shuffled, shuffle_pixels
from models._style_tiles import Tile, stylise_tiles
from models.networks.loss_networks import LOSS_NETWORKS

__all__ = [
    "LOSS_NETWORKS",
    "MODELS",
    "STYLES",
    "Colours",
    "Distance",
    "GramMatrix",
    "LayerDistance",
    "LayerMove",
    "LossName",
    "Losses",
    "Optimiser",
    "Pad",
    "RegionName",
    "Shuffled",
    "Start",
    "Step",
    "Style",
    "StyleName",
    "Stylised",
    "Tile",
    "blend_pad",
    "content_distance",
    "gram",
    "gram_matrices",
    "optimise",
    "reconstruct_content",
    "reconstruct_style",
    "shuffle_pixels",
    "style_distance",
    "stylise",
    "stylise_blend",
    "stylise_regions",
    "stylise_tiles",
]
