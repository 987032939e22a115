"""One kind of picture a file: a result goes in, a ``Drawing`` comes out. No streamlit, no torch.

Sequential values are viridis, signed values RdBu with zero in the middle, categories Okabe-Ito.
"""

from gallery.figures._drawing import OKABE_ITO, SEQUENTIAL, SIGNED, Drawing
from gallery.figures._written import minus, png_url
from gallery.figures.attention import attention_picture, attention_svg, head_tile
from gallery.figures.attribution import RAMP, cut_square, map_on_photo, map_picture
from gallery.figures.bars import bars
from gallery.figures.bars_picture import bars_picture
from gallery.figures.bars_svg import bars_svg
from gallery.figures.boxed import Outline, boxed
from gallery.figures.cells import cells
from gallery.figures.cells_picture import cells_picture
from gallery.figures.channels import channel_tiles, filter_tiles, pair_tiles, patch_tile, sheet
from gallery.figures.compass import compass
from gallery.figures.contest import contest
from gallery.figures.contributions import contributions
from gallery.figures.dendrogram import dendrogram
from gallery.figures.distances import Known, distances
from gallery.figures.dot_product import dot_product
from gallery.figures.face_map import PersonGroup, face_map
from gallery.figures.faces_on_photo import LANDMARK_COLOURS, faces_on_photo
from gallery.figures.film import film
from gallery.figures.frequencies import frequencies
from gallery.figures.gathering import gathering
from gallery.figures.guesses import guesses
from gallery.figures.heatmap import coloured, heatmap
from gallery.figures.hidden import hidden
from gallery.figures.histogram import histogram
from gallery.figures.layer_shares import layer_shares
from gallery.figures.lines import lines
from gallery.figures.losses import losses
from gallery.figures.masks import mask_grid
from gallery.figures.matrices import Matrix, matrices
from gallery.figures.moves import moves
from gallery.figures.named_faces import NamedBox, named_faces
from gallery.figures.named_grid import named_grid
from gallery.figures.paintings import Standing, face, magnified, standings
from gallery.figures.picture_grid import picture_grid, picture_sheet
from gallery.figures.receptive_field import field_on_photo, field_picture
from gallery.figures.rim import rim, rim_answers
from gallery.figures.roi import region_map
from gallery.figures.ruler import ruler
from gallery.figures.scatter import scatter
from gallery.figures.stages import blurred, canny_pictures, pictured
from gallery.figures.strips import strips
from gallery.figures.table_picture import table_picture
from gallery.figures.triplet_line import triplet_line
from gallery.figures.volumes import volumes
from gallery.figures.window_strip import window_strip

__all__ = [
    "LANDMARK_COLOURS",
    "OKABE_ITO",
    "RAMP",
    "SEQUENTIAL",
    "SIGNED",
    "Drawing",
    "Known",
    "Matrix",
    "NamedBox",
    "Outline",
    "PersonGroup",
    "Standing",
    "attention_picture",
    "attention_svg",
    "bars",
    "bars_picture",
    "bars_svg",
    "blurred",
    "boxed",
    "canny_pictures",
    "cells",
    "cells_picture",
    "channel_tiles",
    "coloured",
    "compass",
    "contest",
    "contributions",
    "cut_square",
    "dendrogram",
    "distances",
    "dot_product",
    "face",
    "face_map",
    "faces_on_photo",
    "field_on_photo",
    "field_picture",
    "film",
    "filter_tiles",
    "frequencies",
    "gathering",
    "guesses",
    "head_tile",
    "heatmap",
    "hidden",
    "histogram",
    "layer_shares",
    "lines",
    "losses",
    "magnified",
    "map_on_photo",
    "map_picture",
    "mask_grid",
    "matrices",
    "minus",
    "moves",
    "named_faces",
    "named_grid",
    "pair_tiles",
    "patch_tile",
    "picture_grid",
    "picture_sheet",
    "pictured",
    "png_url",
    "region_map",
    "rim",
    "rim_answers",
    "ruler",
    "scatter",
    "sheet",
    "standings",
    "strips",
    "table_picture",
    "triplet_line",
    "volumes",
    "window_strip",
]
