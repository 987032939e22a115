"""The layout holds: names pair, arrows point one way, cards match files, nothing is too large."""

import ast
import hashlib
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gallery.demos import Demo, demos

ROOT = Path(__file__).resolve().parents[1]
OURS = {"Home", "api", "app", "benchmarks", "docs", "gallery", "models", "pages", "training"}
NOT_OURS_TO_READ = {".git", ".venv", "__pycache__", "look", "runs", "shared", "node_modules"}
DEMO = pytest.mark.parametrize("demo", demos(), ids=lambda demo: demo.name)
CARDS = sorted(ROOT.glob("weights/*/card.json"))
CARD = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.parent.name)


def tree() -> Iterator[Path]:
    """Every file of the project, without caches and what git leaves out."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [n for n in below if n not in NOT_OURS_TO_READ and not n.endswith("_cache")]
        below[:] = [n for n in below if n not in {".hypothesis", ".gradio"}]
        yield from (Path(folder) / name for name in names)


def sources(*folders: str) -> list[Path]:
    """The Python files below some folders of the project, or the one that is named."""
    found = [ROOT / f if f.endswith(".py") else ROOT.joinpath(f) for f in folders]
    return sorted(p for f in found for p in ([f] if f.is_file() else f.rglob("*.py")))


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it, with its dots."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{a.name}" for a in node.names}
    return found


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def loaded_by(statement: str, *watched: str) -> set[str]:
    """Which of the watched modules a fresh interpreter holds after a statement."""
    probe = f"import sys\n{statement}\nprint(*{{*{watched!r}}} & {{*sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", probe], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


# --- names pair


def test_there_are_demos() -> None:
    assert {"edge_filters", "padding_stride", "cnn_visualization"} <= {d.name for d in demos()}


@DEMO
def test_a_demo_has_its_files(demo: Demo) -> None:
    assert demo.page.is_file()
    assert demo.picture.is_file()
    assert (ROOT / "models" / f"{demo.name}.py").is_file()
    assert list((ROOT / "tests/models").glob(f"test_{demo.name}*.py"))


def test_no_page_or_model_stands_alone() -> None:
    names = {demo.name for demo in demos()}
    assert {re.sub(r"^\d+_", "", page.stem).lower() for page in ROOT.glob("pages/*.py")} == names
    assert {p.stem for p in ROOT.glob("models/[!_]*.py")} == names


def test_networks_weights_training_and_tests_carry_one_name() -> None:
    networks = {p.stem for p in ROOT.glob("models/networks/[!_]*.py")}
    cards = {card.parent.name: json.loads(card.read_text("utf-8")) for card in CARDS}
    embedded = {card.get("network", folder) for folder, card in cards.items()}  # one, many weights
    assert embedded
    assert embedded <= networks
    assert {p.stem for p in ROOT.glob("training/[!_]*.py")} == embedded | {"evaluate"}
    tested = {p.stem for p in ROOT.glob("tests/networks/test_*.py")}
    assert tested == {f"test_{network}" for network in networks}


@DEMO
def test_public_functions_are_documented(demo: Demo) -> None:
    module = importlib.import_module(f"models.{demo.name}")
    assert module.__doc__
    public = [getattr(module, name) for name in module.__all__]
    taught = [thing for thing in public if inspect.isfunction(thing) or inspect.isclass(thing)]
    assert any(map(inspect.isfunction, taught))
    assert [thing for thing in taught if not thing.__doc__] == []


# --- arrows point one way


def test_models_know_nothing_of_the_rest() -> None:
    forbidden = (OURS - {"models"}) | {"streamlit", "gradio", "plotly", "fastapi"}
    assert {p.name: roots(p) & forbidden for p in sources("models") if roots(p) & forbidden} == {}


def test_training_knows_models_only() -> None:
    forbidden = (OURS - {"models", "training"}) | {"streamlit", "gradio", "plotly"}
    assert {p.name: roots(p) & forbidden for p in sources("training") if roots(p) & forbidden} == {}


def test_the_gallery_knows_no_door() -> None:
    forbidden = {"Home", "api", "app", "pages", "training"}
    assert {p.name: roots(p) & forbidden for p in sources("gallery") if roots(p) & forbidden} == {}
    gradio = {p.parent.name for p in sources("gallery") if "gradio" in roots(p)}
    assert gradio == {"api"}


def test_figures_know_neither_streamlit_nor_torch() -> None:
    forbidden = {"streamlit", "torch", "gradio"}
    files = sources("gallery/figures")
    assert files
    assert {p.name: roots(p) & forbidden for p in files if roots(p) & forbidden} == {}


def test_pages_hold_no_arithmetic_no_plotting_no_torch() -> None:
    allowed = {"streamlit", "gallery", "models", *sys.stdlib_module_names}
    found = {page.name: roots(page) - allowed for page in sources("pages")}
    assert {name: extra for name, extra in found.items() if extra} == {}


def test_pages_are_short() -> None:
    lengths = {page.name: len(page.read_text("utf-8").splitlines()) for page in sources("pages")}
    assert {name: length for name, length in lengths.items() if length >= 200} == {}


@pytest.mark.parametrize(
    "statement",
    ["import gallery.demos, gallery.words; gallery.demos.demos()", "import gallery.figures"],
)
def test_no_streamlit_no_torch_behind(statement: str) -> None:
    assert loaded_by(statement, "streamlit", "torch", "gradio") == set()


def test_home_imports_no_torch() -> None:
    statement = (
        "from streamlit.testing.v1 import AppTest\n"
        "home = AppTest.from_file('Home.py', default_timeout=60).run()\n"
        "assert not home.exception and 'gallery.demos' in sys.modules"
    )
    assert loaded_by(statement, "torch", "torchvision", "gradio", "captum", "cv2") == set()


# --- what is needed is named, what is named is needed


def required(file: str) -> set[str]:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    named = (re.match(r"([A-Za-z0-9_-]+)(?:\[\w+\])?~=[\d.]+$", line) for line in lines)
    return {match[1].lower().replace("-", "_") for match in named if match}


def test_requirements_are_what_is_imported() -> None:
    package = {"skimage": "scikit_image", "sklearn": "scikit_learn", "PIL": "pillow"}
    package |= {"cv2": "opencv_python_headless"}
    files = sources("Home.py", "api.py", "app.py", "gallery", "models", "pages")
    found = set().union(*map(roots, files)) - OURS - {*sys.stdlib_module_names, "", "spaces"}
    samples = tomllib.loads((ROOT / "gallery/samples/samples.toml").read_text("utf-8"))
    found |= {s["source"].split(":")[0] for s in samples.values() if ":" in s["source"]}
    needed = {package.get(name, name) for name in found} | {"uvicorn"}  # README starts app.py by it
    assert required("requirements.txt") == needed


# --- files


@CARD
def test_cards_match_files(card: Path) -> None:
    files = json.loads(card.read_text("utf-8"))["files"]
    assert {path.name for path in card.parent.glob("*.safetensors")} <= files.keys()
    for name, entry in files.items():
        content = (card.parent / name).read_bytes()
        assert len(content) == entry["bytes"]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@CARD
def test_cards_say_what_was_measured(card: Path) -> None:
    content = json.loads(card.read_text("utf-8"))
    assert content["metrics"]
    assert all(value > 0 for value in content["metrics"].values())
    assert content["trained_on"]
    assert content["licence"]


def test_files_are_small() -> None:
    limit = {".png": 500_000}
    large = [p for p in tree() if p.stat().st_size >= limit.get(p.suffix, 10_000_000)]
    assert large == []


def test_no_path_of_one_machine() -> None:
    pattern = re.compile(r"/(?:work|farm|root|tmp/brief|opt/venv)/")
    texts = {".py", ".toml", ".md", ".txt", ".json", ".js", ".css", ".html", ""}
    files = [p for p in tree() if p.suffix in texts]
    assert len(files) > 20
    assert [p for p in files if pattern.search(p.read_text("utf-8"))] == []
