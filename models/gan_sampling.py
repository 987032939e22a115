"""Pictures out of random numbers: a generator, and the discriminator it had to deceive.

Two networks play against each other. The generator G turns a latent vector z of independent normal
numbers and a class y into a picture; the discriminator D gives a picture and a class a score, high
where it takes the picture for real. With the hinge loss they are trained to make small

    L_D = E[max(0, 1 - D(x, y))] + E[max(0, 1 + D(G(z, y), y))]        x: real pictures
    L_G = -E[D(G(z, y), y)]

Once trained, D is not needed to sample: draw z, choose y, look at G(z, y). What can then be asked:
what is between two samples (``interpolate``, ``walk``, ``class_walk``, ``arithmetic``); which
directions of z change what (``directions``, ``move_along``, ``steer``); what the discriminator says
of samples and of a visitor's own drawing (``judge``, ``judge_labels``); whether samples are as good
and as varied as real pictures, or copies (``measure``, ``trade_off``, ``nearest``,
``blind_test``); and how all this came to be (``film``).

Sources: I. Goodfellow et al., *Generative adversarial nets*, 2014,
https://arxiv.org/abs/1406.2661; T. Miyato et al., *Spectral normalization for GANs*, 2018,
https://arxiv.org/abs/1802.05957; Goodfellow, Bengio and Courville, *Deep Learning*, 2016, section
20.10.4; each part names its own.
"""

from models._gan_class_walk import ClassWalk, class_walk
from models._gan_contest import BlindTest, BlindTruth, blind_test, blind_truth
from models._gan_effects import Directions, directions
from models._gan_history import Film, film
from models._gan_judge import Judgement, Yardstick, judge, judge_labels, yardstick
from models._gan_latent import Path, Shell, seed_of
from models._gan_neighbours import Neighbours, nearest
from models._gan_network import CLASSIFIERS, MODELS, ModelName, classes
from models._gan_quality import Measures, Progress, Quality, measure, measure_steps, trade_off
from models._gan_samples import Grid, Samples, by_class, grid, sample
from models._gan_steer import Move, move_along, steer
from models._gan_walk import Walk, arithmetic, interpolate, walk

__all__ = [
    "CLASSIFIERS",
    "MODELS",
    "BlindTest",
    "BlindTruth",
    "ClassWalk",
    "Directions",
    "Film",
    "Grid",
    "Judgement",
    "Measures",
    "ModelName",
    "Move",
    "Neighbours",
    "Path",
    "Progress",
    "Quality",
    "Samples",
    "Shell",
    "Walk",
    "Yardstick",
    "arithmetic",
    "blind_test",
    "blind_truth",
    "by_class",
    "class_walk",
    "classes",
    "directions",
    "film",
    "grid",
    "interpolate",
    "judge",
    "judge_labels",
    "measure",
    "measure_steps",
    "move_along",
    "nearest",
    "sample",
    "seed_of",
    "steer",
    "trade_off",
    "walk",
    "yardstick",
]
