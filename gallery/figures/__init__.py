"""One kind of picture a file: a result goes in, a ``Drawing`` comes out. No streamlit, no torch.

Sequential values are viridis, signed values RdBu with zero in the middle, categories Okabe-Ito.
"""

from gallery.figures._drawing import OKABE_ITO, SEQUENTIAL, SIGNED, Drawing
from gallery.figures.bars import bars
from gallery.figures.cells import cells
from gallery.figures.heatmap import coloured, heatmap
from gallery.figures.histogram import histogram
from gallery.figures.lines import lines

__all__ = [
    "OKABE_ITO",
    "SEQUENTIAL",
    "SIGNED",
    "Drawing",
    "bars",
    "cells",
    "coloured",
    "heatmap",
    "histogram",
    "lines",
]
