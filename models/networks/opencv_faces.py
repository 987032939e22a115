"""Two well-known networks for faces, run by OpenCV: YuNet finds them, SFace describes them.

W. Wu, H. Peng and S. Yu, *YuNet: a tiny millisecond-level face detector*, 2023,
https://doi.org/10.1007/s11633-023-1423-y. Y. Zhong et al., *SFace: sigmoid-constrained hypersphere
loss for robust face recognition*, 2021, https://arxiv.org/abs/2205.12010. Both are ONNX files of
OpenCV's model zoo; ``FaceDetectorYN`` and ``FaceRecognizerSF`` hold what stands around them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from models._spec import HubFile, ModelSpec

if TYPE_CHECKING:
    from models.networks._opencv_runners import Describer, Finder

__all__ = ["SFACE", "SFACE_TEMPLATE", "SFACE_THRESHOLD", "YUNET"]

SFACE_TEMPLATE = (  # x, y of both eyes, nose and corners of the mouth; OpenCV's alignCrop
    *((38.2946, 51.6963), (73.5318, 51.5014)),
    *((56.0252, 71.7366),),
    *((41.5493, 92.3655), (70.7299, 92.2041)),
)
SFACE_THRESHOLD = 1.128  # Euclidean distance; OpenCV's documentation, from pairs of LFW


def _build_finder(file: Path) -> "Finder":
    from models.networks._opencv_runners import Finder

    return Finder(file)


def _build_describer(file: Path) -> "Describer":
    from models.networks._opencv_runners import Describer

    return Describer(file)


# Revisions and hashes as the hub's pages and opencv_zoo's pointers to the files (git LFS) name
# them; the files themselves have not been fetched here.
YUNET = ModelSpec(
    name="face_detection_yunet",
    title="YuNet",
    build=_build_finder,
    weights=HubFile(
        "opencv/face_detection_yunet",
        "3cc26e7f1014a5ee5d74a42acee58bafc9d0a310",
        "face_detection_yunet_2023mar.onnx",
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    ),
    licence="MIT",
    size_bytes=232_589,
    trained_on="WIDER Face",
)
SFACE = ModelSpec(
    name="face_recognition_sface",
    title="SFace",
    build=_build_describer,
    weights=HubFile(
        "opencv/face_recognition_sface",
        "3d7082438a6e4551e840c9b2bb60b71e8da4b524",
        "face_recognition_sface_2021dec.onnx",
        "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    ),
    licence="Apache-2.0",
    size_bytes=38_696_353,
    trained_on="photos of celebrities (see its paper); the file was converted by OpenCV",
)
