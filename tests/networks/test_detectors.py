"""Detectors from torchvision and the hub: loaded by the real code, and run as their makers do."""

import dataclasses
import functools
import hashlib
import io
import json
import math
import re

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torchvision.models import get_model, get_weight, resnet50
from torchvision.ops import FrozenBatchNorm2d

from models import object_detection as detection
from models._detect_names import find_detector, network_of
from models._errors import HubUnavailable, WeightsCorrupt
from models._load import forget
from models.networks import _queries
from models.networks._coco import CLASSES, COCO_IDS
from models.networks.detectors import DETECTORS, FLOOR
from tests.small_hub import closed_port
from tests.tiny_models import small_hub

FROM_TORCHVISION = [each.spec.name for each in DETECTORS[:4]]
FROM_HUB = [each.spec.name for each in DETECTORS[4:]]
FINAL = re.compile(r"head\.cls_logits|classification_head\.module_list\.\d\.1|class_labels")
BOXES = re.compile(r"bbox_(pred|reg)\.")  # else boxes would lie far outside
PHOTO = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)


@pytest.fixture(autouse=True, scope="module")
def empty_shelf():
    """Nothing of what is loaded here is left to others."""
    forget()
    yield
    forget()


# --- torchvision


@functools.cache
def published(name):
    """The state of a whole network in a small file: its numbers repeat, and are stored once."""
    network = get_model(name, weights=None, weights_backbone=None)
    state = {}
    random = torch.Generator().manual_seed(len(name))
    for key, values in network.state_dict().items():
        if not values.is_floating_point():
            continue  # counters of training, which frozen normalisations do not have
        if values.ndim < 2:
            spread = 0.1 if "bias" not in key else 0.01
            state[key] = values + spread * torch.rand(values.shape, generator=random)
        else:
            factor = 8 if FINAL.search(key) else 0.05 if BOXES.search(key) else 1
            factor = 4 if "320_fpn" in name and "cls_score" in key else factor
            state[key] = repeating(values.shape, random, factor)
    return state | normalised(network, state, name)


def normalised(network, state, name):
    """Statistics that keep activations in bounds, as training would have left them."""
    network.load_state_dict(state, strict=False)
    norms = {
        key: module
        for key, module in network.backbone.named_modules()
        if isinstance(module, torch.nn.BatchNorm2d)
    }
    for module in norms.values():
        module.momentum = 1.0
    photo = torch.from_numpy(PHOTO).permute(2, 0, 1).float() / 255
    with torch.no_grad():
        images, _ = shrink(network, name).transform([photo, photo.flip(2)])
        network.backbone.train()(images.tensors)
    found = {}
    for key, module in norms.items():
        found[f"backbone.{key}.running_mean"] = module.running_mean
        spread = module.running_var  # of a channel that is dead here it would be 0
        found[f"backbone.{key}.running_var"] = spread + spread.mean()
    return found


def shrink(network, name):
    """Have photos scaled to 96 pixels; a test would take the time of 800 else."""
    if "320" not in name:
        network.transform.min_size = (96,)
    return network


def repeating(shape, random, factor):
    strides = [7, 3, 1, 1][-len(shape) :] if len(shape) != 2 else [5, 1]
    count = 1 + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
    deviation = factor * math.sqrt(2 / math.prod(shape[1:]))
    numbers = torch.randn(count, generator=random) * deviation
    return torch.as_strided(numbers, shape, strides)


def old_names(state):
    """As files from before 2022 name the parts that torchvision has renamed since."""
    for new, old in (
        ("rpn.head.conv.0.0.", "rpn.head.conv."),
        ("inner_blocks.{}.0.", "inner_blocks.{}."),
        ("layer_blocks.{}.0.", "layer_blocks.{}."),
    ):
        for place in range(5):
            state = {
                key.replace(new.format(place), old.format(place)): values
                for key, values in state.items()
            }
    return state


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Have torchvision's cache hold a file, named by its hash as torchvision names it."""
    forget()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def put(name, state):
        opened = io.BytesIO()
        torch.save(state, opened)
        content = opened.getvalue()
        file = f"{name}-{hashlib.sha256(content).hexdigest()[:8]}.pth"
        folder = tmp_path / "hub/checkpoints"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
        member = get_weight(find_detector(name).spec.weights.name)
        changed = dataclasses.replace(member.value, url=f"{closed_port()}/{file}")
        monkeypatch.setattr(member, "_value_", changed)
        return folder / file

    yield put
    forget()


@pytest.mark.slow
@pytest.mark.parametrize("name", FROM_TORCHVISION)
def test_torchvisions_detectors_answer_as_torchvisions_own(cached, name):
    """Loaded by the real loader and suppressed by us, against the network as it is built there."""
    state = published(name)
    assert cached(name, state).stat().st_size < 3_000_000
    ours = network_of(name)
    peer = get_model(name, weights=None, weights_backbone=None, **settings(name)).eval()
    peer.load_state_dict(state, strict=False)
    for network in (ours, peer):
        shrink(network, name)
    found = detection.raw(PHOTO, name)
    with torch.inference_mode():
        wanted = peer([torch.from_numpy(PHOTO).permute(2, 0, 1).float() / 255])[0]
    known = np.isin(wanted["labels"].numpy(), COCO_IDS) & (areas(wanted["boxes"].numpy()) > 0)
    wanted = {key: values.numpy()[known] for key, values in wanted.items()}
    assert len(wanted["boxes"]) > 20
    np.testing.assert_allclose(found.scores, wanted["scores"], rtol=1e-3)
    np.testing.assert_allclose(found.boxes, wanted["boxes"], atol=0.02)
    assert [COCO_IDS[label] for label in found.labels] == wanted["labels"].tolist()
    assert found.floor == FLOOR
    assert found.grid is None
    assert (found.cells == -1).all()
    if name.startswith("fasterrcnn"):
        check_proposals(found.proposals, peer)
    else:
        assert found.proposals is None


def check_proposals(found, peer):
    with torch.inference_mode():
        images, _ = peer.transform([torch.from_numpy(PHOTO).permute(2, 0, 1).float() / 255])
        (places,), _ = peer.rpn(images, peer.backbone(images.tensors))
    scale = PHOTO.shape[1] / images.image_sizes[0][1]
    assert len(found.boxes) == len(places) <= found.considered <= found.anchors
    wanted = sorted((places * scale).tolist())
    np.testing.assert_allclose(sorted(found.boxes.tolist()), wanted, atol=0.5)
    assert (np.diff(found.scores) <= 0).all()


def areas(boxes):
    return (boxes[:, 2:] - boxes[:, :2]).clip(0).prod(axis=1)


def settings(name):
    prefix = "box_" if name.startswith("faster") else ""
    ends = {"score_thresh": FLOOR, "nms_thresh": 1.0, "detections_per_img": 1000}
    return {f"{prefix}{key}": value for key, value in ends.items()}


def test_files_with_the_names_of_2021_are_understood(cached):
    name = "fasterrcnn_mobilenet_v3_large_320_fpn"
    state = published(name)
    older = old_names(state)
    assert older.keys() != state.keys()
    cached(name, older)
    loaded = network_of(name).state_dict()
    for key, values in state.items():
        assert torch.equal(loaded[key], values), key


def test_a_file_that_lacks_a_weight_is_refused(cached):
    name = "ssdlite320_mobilenet_v3_large"
    state = published(name)
    cached(name, dict(list(state.items())[:-1]))
    with pytest.raises(WeightsCorrupt):
        network_of(name)


@pytest.mark.parametrize("name", FROM_TORCHVISION)
def test_the_figures_are_torchvisions_own(name):
    spec = find_detector(name).spec
    meta = get_weight(spec.weights.name).meta
    assert spec.metrics["map"] == meta["_metrics"]["COCO-val2017"]["box_map"] / 100
    assert spec.size_bytes == round(meta["_file_size"] * 2**20)
    named = [meta["categories"][number] for number in COCO_IDS]
    assert named == [each.key for each in CLASSES]


# --- the hub

PREPARE = {  # as their publishers wrote it, for smaller photos
    "do_normalize": True,
    "do_resize": True,
    "format": "coco_detection",
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "size": 64,
    "max_size": 128,
}
DETR = {
    "model_type": "detr",
    "architectures": ["DetrForObjectDetection"],
    "backbone": "resnet50",
    "use_timm_backbone": True,
    "dilation": False,
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "num_queries": 9,
    "max_position_embeddings": 1024,
    "id2label": {str(number): str(number) for number in range(91)},
}
BACKBONE = {"embedding_size": 8, "hidden_sizes": [16, 16, 16, 32], "depths": [1, 1, 2, 1]}


@functools.cache
def on_the_hub(name):
    """A tiny network of the architecture, its processor, and the files of its repository."""
    import transformers

    with torch.random.fork_rng():
        torch.manual_seed(5)
        if name == "yolos-tiny":
            settings = transformers.YolosConfig(
                hidden_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=64,
                image_size=[64, 96],
                num_detection_tokens=9,
                use_mid_position_embeddings=False,
                num_labels=91,
            )
            network = transformers.YolosForObjectDetection(settings)
            processor = transformers.YolosImageProcessor
            written = settings.to_dict()
        else:
            backbone = transformers.ResNetConfig(out_features=["stage4"], **BACKBONE)
            tiny = {key: value for key, value in DETR.items() if key not in _queries.TIMM}
            settings = transformers.DetrConfig(backbone_config=backbone, **tiny)
            network = transformers.DetrForObjectDetection(settings)
            processor = transformers.DetrImageProcessor
            written = DETR | {"backbone_config": BACKBONE}
        for key, weight in network.named_parameters():
            factor = 8 if FINAL.search(key) else 1
            torch.nn.init.normal_(weight, weight.mean().item(), 0.2 * factor)
    state = {as_published(key): values.contiguous() for key, values in network.state_dict().items()}
    files = {
        "config.json": json.dumps(written).encode(),
        "preprocessor_config.json": json.dumps(PREPARE).encode(),
        "model.safetensors": save(state, {"format": "pt"}),
    }
    return network.eval(), processor(**PREPARE), files


def as_published(key):
    """The name that a weight has in the files of 2021."""
    if "embedder.embedder" in key:
        key = key.replace("embedder.embedder.convolution", "conv1")
        key = key.replace("embedder.embedder.normalization", "bn1")
    found = re.search(r"encoder\.stages\.(\d)\.layers\.(\d)\.", key)
    if found:
        stage = f"layer{int(found[1]) + 1}.{found[2]}."
        key = key.replace(found[0], stage)
        key = key.replace("shortcut.convolution", "downsample.0")
        key = key.replace("shortcut.normalization", "downsample.1")
        for place in range(3):
            key = key.replace(f"layer.{place}.convolution", f"conv{place + 1}")
            key = key.replace(f"layer.{place}.normalization", f"bn{place + 1}")
    key = key.replace("model.backbone.model.", "model.backbone.conv_encoder.model.")
    if key.startswith("model."):
        key = key.replace(".o_proj.", ".out_proj.").replace(".mlp.fc", ".fc")
    return key


@pytest.fixture
def hub(tmp_path):
    with small_hub(tmp_path) as served:
        yield served


def offer(hub, name):
    weights = find_detector(name).spec.weights
    network, processor, files = on_the_hub(name)
    hub.files, hub.revision = dict(files), weights.revision
    return network, processor


@pytest.mark.parametrize("name", FROM_HUB)
def test_the_hubs_detectors_answer_as_transformers_own(hub, name):
    network, processor = offer(hub, name)
    found = detection.raw(PHOTO, name)
    with torch.inference_mode():
        answer = network(**processor(images=PHOTO, return_tensors="pt"))
    wanted = processor.post_process_object_detection(answer, FLOOR, [PHOTO.shape[:2]])[0]
    wanted = {key: values.numpy() for key, values in wanted.items()}
    wanted["boxes"] = wanted["boxes"].clip(0, [128, 96, 128, 96])
    known = np.isin(wanted["labels"], COCO_IDS) & (areas(wanted["boxes"]) > 0)
    order = np.argsort(-wanted["scores"], kind="stable")
    order = order[known[order]]
    assert len(order) > 2
    np.testing.assert_allclose(found.scores, wanted["scores"][order], rtol=1e-3)
    np.testing.assert_allclose(found.boxes, wanted["boxes"][order], atol=0.02)
    assert [COCO_IDS[label] for label in found.labels] == wanted["labels"][order].tolist()


@pytest.mark.parametrize("name", FROM_HUB)
def test_a_hub_that_sends_other_weights_is_said(hub, name):
    offer(hub, name)
    _, _, files = on_the_hub(TWIN[name])
    hub.files["model.safetensors"] = files["model.safetensors"]
    with pytest.raises(HubUnavailable) as told:
        detection.detect(PHOTO, name)
    assert told.value.code == "hub_corrupt"


TWIN = {"yolos-tiny": "detr-resnet-50", "detr-resnet-50": "yolos-tiny"}


def test_a_backbone_under_timms_names_is_the_same_network():
    """torchvision's ResNet-50, which timm names alike, gives what ours gives after renaming."""
    import transformers

    theirs = resnet50(weights=None, norm_layer=FrozenBatchNorm2d).eval()
    prefix = "model.backbone.conv_encoder.model."
    state = {
        _queries.rename(prefix + key).removeprefix(prefix): values
        for key, values in theirs.state_dict().items()
        if not key.startswith("fc.")
    }
    ours = transformers.ResNetBackbone(transformers.ResNetConfig(out_features=["stage4"])).eval()
    unfit = ours.load_state_dict(state, strict=False)
    assert not unfit.unexpected_keys
    assert all(key.endswith("num_batches_tracked") for key in unfit.missing_keys)
    photo = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        wanted = theirs.layer4(theirs.layer3(theirs.layer2(theirs.layer1(stem(theirs, photo)))))
        torch.testing.assert_close(ours(photo).feature_maps[0], wanted, rtol=1e-3, atol=1e-3)


def stem(network, photo):
    return network.maxpool(network.relu(network.bn1(network.conv1(photo))))
