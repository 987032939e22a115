"""Write the tables of README.md from what the gallery declares: ``python -m docs.readme``."""

import importlib
from pathlib import Path

from gallery.demos import Demo, demos
from models._spec import Embedded, Hub, ModelSpec, Torchvision

__all__ = ["README", "demo_table", "model_table", "write_tables"]

README = Path(__file__).resolve().parent.parent / "README.md"
METRICS = {
    "top1": "top-1",
    "top5": "top-5",
    "top1_mirrored": "top-1 with mirroring",
    "top5_mirrored": "top-5 with mirroring",
    "top1_en": "top-1 in English",
    "top5_en": "top-5 in English",
    "follows_en": "next sentence in English",
    "top1_zh": "top-1 in Chinese",
    "top5_zh": "top-5 in Chinese",
    "follows_zh": "next sentence in Chinese",
    "style_removed": "of the distance to a style removed",
    "style_removed_least": "of that to the hardest style removed",
    "content_moved": "content moved, where another photo is 100%",
    "agreement": "class agreement",
    "agreement_real": "class agreement of real pictures",
    "precision": "precision",
    "recall": "recall",
    "precision_real": "precision of real pictures",
    "recall_real": "recall of real pictures",
    "map50": "mAP@0.5",
    "map": "mAP@0.5:0.95",
    "iou": "mean IoU with the true box",
    "iou50": "boxes with an IoU of at least 0.5",
    "iou50_middle": "the same of a box in the middle",
    "found": "faces found at one false one in ten photos",
    "cascade_found": "the same by scikit-image's cascade",
    "accuracy": "verification of unseen people",
    "equal_error_rate": "equal error",
    "raw_pixels_accuracy": "verification by raw pixels",
    "landmarks_accuracy": "verification by landmarks",
}
DISTANCES = {  # no shares
    "frechet": "Fréchet distance",
    "frechet_real": "Fréchet distance of real pictures",
    "frechet_noise": "Fréchet distance of noise",
}


def demo_table() -> str:
    """One row a demo, with its picture and its sentence in both languages."""
    header = "| | Demo | What you see |\n| --- | --- | --- |"
    return "\n".join([header, *map(_demo_row, demos())])


def _demo_row(demo: Demo) -> str:
    page = f"pages/{demo.page.name}"
    picture = f'<img src="pages/{demo.picture.name}" width="180" alt="{demo.en.title}">'
    title = f"**[{demo.en.title}]({page})**<br>{demo.zh.title}"
    return f"| {picture} | {title} | {_cell(demo.en.summary)}<br>{_cell(demo.zh.summary)} |"


def _cell(sentence: str) -> str:
    return " ".join(sentence.split()).replace("|", r"\|")


def specs() -> list[ModelSpec]:
    """Every network that some demo offers, once, in the order of the demos."""
    found: dict[str, ModelSpec] = {}
    for demo in demos():
        module = importlib.import_module(f"models.{demo.name}")
        for offered in ("MODELS", "PHOTO_MODELS", "CLASSIFIERS", "LOCATORS"):
            for entry in getattr(module, offered, ()):
                spec = getattr(entry, "spec", entry)
                found.setdefault(spec.name, spec)
    return list(found.values())


def model_table() -> str:
    """One row a network, with what its card or its publisher measured."""
    header = (
        "| Network | Weights from | Size | Trained on | Measured | Licence |\n"
        "| --- | --- | --- | --- | --- | --- |"
    )
    return "\n".join([header, *map(_model_row, specs())])


def _model_row(spec: ModelSpec) -> str:
    columns = [
        f"**{spec.title}**",
        _origin(spec),
        f"{spec.size_bytes / 1e6:.1f} MB",
        spec.trained_on,
        ", ".join(filter(None, map(_metric, spec.metrics, spec.metrics.values()))),
        spec.licence,
    ]
    return f"| {' | '.join(_cell(column) for column in columns)} |"


def _origin(spec: ModelSpec) -> str:
    match spec.weights:
        case Embedded(folder):
            return f"[embedded](weights/{folder}/card.json)"
        case Torchvision(name):
            return f"torchvision `{name}`"
        case Hub(repo_id, revision):
            return f"[{repo_id}](https://huggingface.co/{repo_id}/tree/{revision})"


def _metric(name: str, value: float) -> str:
    """A figure with its name; nothing where only the card tells it."""
    if name in DISTANCES:
        return f"{DISTANCES[name]} {value:.3g}"
    return f"{METRICS[name]} {value:.1%}" if name in METRICS else ""


def write_tables(readme: str) -> str:
    """Put the tables between their markers: ``<!-- demos -->`` to ``<!-- /demos -->``."""
    for name, table in (("demos", demo_table()), ("models", model_table())):
        first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, rest = readme.split(first)
        _, after = rest.split(last)
        readme = f"{before}{first}\n\n{table}\n\n{last}{after}"
    return readme


if __name__ == "__main__":
    README.write_text(write_tables(README.read_text("utf-8")), "utf-8")
