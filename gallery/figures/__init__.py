"""One kind of picture a file: a result goes in, a ``Drawing`` comes out. No streamlit, no torch.

Sequential values are viridis, signed values RdBu with zero in the middle, categories Okabe-Ito.
"""

from gallery.figures._drawing import OKABE_ITO, SEQUENTIAL, SIGNED, Drawing
from gallery.figures.attention import attention_picture, attention_svg, head_tile
from gallery.figures.attribution import RAMP, cut_square, map_on_photo, map_picture
from gallery.figures.bars import bars
from gallery.figures.bars_picture import bars_picture
from gallery.figures.bars_svg import bars_svg
from gallery.figures.cells import cells
from gallery.figures.cells_picture import cells_picture
from gallery.figures.channels import channel_tiles, filter_tiles, pair_tiles, patch_tile, sheet
from gallery.figures.compass import compass
from gallery.figures.contest import contest
from gallery.figures.dot_product import dot_product
from gallery.figures.film import film
from gallery.figures.frequencies import frequencies
from gallery.figures.guesses import guesses
from gallery.figures.heatmap import coloured, heatmap
from gallery.figures.hidden import hidden
from gallery.figures.histogram import histogram
from gallery.figures.layer_shares import layer_shares
from gallery.figures.lines import lines
from gallery.figures.masks import mask_grid
from gallery.figures.matrices import Matrix, matrices
from gallery.figures.named_grid import named_grid
from gallery.figures.receptive_field import field_on_photo, field_picture
from gallery.figures.rim import rim, rim_answers
from gallery.figures.scatter import scatter
from gallery.figures.stages import blurred, canny_pictures, pictured
from gallery.figures.table_picture import table_picture
from gallery.figures.volumes import volumes
from gallery.figures.window_strip import window_strip
from gallery.figures.worded_grid import worded_grid

__all__ = [
    "OKABE_ITO",
    "RAMP",
    "SEQUENTIAL",
    "SIGNED",
    "Drawing",
    "Matrix",
    "attention_picture",
    "attention_svg",
    "bars",
    "bars_picture",
    "bars_svg",
    "blurred",
    "canny_pictures",
    "cells",
    "cells_picture",
    "channel_tiles",
    "coloured",
    "compass",
    "contest",
    "cut_square",
    "dot_product",
    "field_on_photo",
    "field_picture",
    "film",
    "filter_tiles",
    "frequencies",
    "guesses",
    "head_tile",
    "heatmap",
    "hidden",
    "histogram",
    "layer_shares",
    "lines",
    "map_on_photo",
    "map_picture",
    "mask_grid",
    "matrices",
    "named_grid",
    "pair_tiles",
    "patch_tile",
    "pictured",
    "rim",
    "rim_answers",
    "scatter",
    "sheet",
    "table_picture",
    "volumes",
    "window_strip",
    "worded_grid",
]
