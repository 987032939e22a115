"""Face recognition: find a face, turn it upright, describe it in numbers, measure a distance.

Four stages lead from a photo to a name. ``find`` looks for faces, each with a box, a score and five
landmarks. ``align`` brings the landmarks to the same five places. ``describe`` turns the aligned
face into a vector f of length one, which a network has learned to make alike for photos of one
person and unlike for photos of two. ``compare`` measures the distance

    d(f, g) = |f - g|,   same person if d <= threshold

Verification asks this once (``verify``), recognition once for every person who is enrolled
(``identify``, ``recognise``). No network is trained for a new person: one photo is enough. What the
network learned it from (``triplet_loss``, ``negatives``, ``film``, ``heads``), how often it errs
(``measured``, ``rates``), whether somebody is there at all (``head_pose``, ``challenge``) and how
to keep a face from it (``hide``, ``hide_steps``) can be asked, too.

Nothing here keeps a face: what is given is forgotten once the answer is.

Sources: Y. Taigman et al., *DeepFace*, 2014; F. Schroff et al., *FaceNet*, 2015,
https://arxiv.org/abs/1503.03832; G. Huang et al., *Labeled faces in the wild*, 2007; each part
names its own.
"""

from models._face import Face
from models._face_align import TEMPLATE, Alignment, align, alignment
from models._face_challenge import Challenge, challenge
from models._face_describe import Comparison, compare, describe, distance
from models._face_failures import Failures, failures
from models._face_files import Film, Volunteers, film, volunteers
from models._face_find import Remark, find, remarks
from models._face_gallery import FaceGallery, delete, enrol, rename
from models._face_gallery_file import read_gallery, write_gallery
from models._face_heads import HEAD_NAMES, Head, HeadScore, head_score, heads
from models._face_hide import Hiding, Method, hide, hide_steps
from models._face_identify import (
    Identification,
    Overview,
    Recognised,
    identify,
    overview,
    recognise,
)
from models._face_learn import Negatives, Triplet, negatives, triplet_loss
from models._face_live import TASKS, Shot
from models._face_measured import MEASURED_NAMES, Measured, Rates, measured, rates, threshold_of
from models._face_names import DESCRIBERS, FINDERS, MODELS, DescriberName, FinderName
from models._face_pipeline import Pipeline, Verification, pipeline, verify
from models._face_pose import Pose, head_pose

__all__ = [
    "DESCRIBERS",
    "FINDERS",
    "HEAD_NAMES",
    "MEASURED_NAMES",
    "MODELS",
    "TASKS",
    "TEMPLATE",
    "Alignment",
    "Challenge",
    "Comparison",
    "DescriberName",
    "Face",
    "FaceGallery",
    "Failures",
    "Film",
    "FinderName",
    "Head",
    "HeadScore",
    "Hiding",
    "Identification",
    "Measured",
    "Method",
    "Negatives",
    "Overview",
    "Pipeline",
    "Pose",
    "Rates",
    "Recognised",
    "Remark",
    "Shot",
    "Triplet",
    "Verification",
    "Volunteers",
    "align",
    "alignment",
    "challenge",
    "compare",
    "delete",
    "describe",
    "distance",
    "enrol",
    "failures",
    "film",
    "find",
    "head_pose",
    "head_score",
    "heads",
    "hide",
    "hide_steps",
    "identify",
    "measured",
    "negatives",
    "overview",
    "pipeline",
    "rates",
    "read_gallery",
    "recognise",
    "remarks",
    "rename",
    "threshold_of",
    "triplet_loss",
    "verify",
    "volunteers",
    "write_gallery",
]
