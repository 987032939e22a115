"""What stands under a result: the strip of facts, what to take away, and the source."""

import ast
import functools
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from gallery.address import query_string
from gallery.frame import Frame
from gallery.takeaway import TakeAway, csv_bytes, json_bytes, png_bytes
from models._gate import Stopwatch
from models._spec import ModelSpec

__all__ = ["draw_source", "draw_strip", "draw_take_away"]

ROOT = Path(__file__).resolve().parent.parent
PLUMBING = {"_errors", "_fetch", "_gate", "_hub", "_images", "_load", "_ranges", "_shelf", "_spec"}
SHARED = {ROOT / "gallery" / "components", ROOT / "gallery" / "figures"}


def draw_strip(frame: Frame, taken: TakeAway, watch: Stopwatch, whole: float) -> None:
    """Model, origin, parameters, size, licence, device and milliseconds, as just measured."""
    labels = frame.shared.labels
    facts: list[str] = _facts(frame, taken.spec) if taken.spec else [labels.strip_no_network]
    if taken.spec:
        ran = f"{watch.milliseconds:.0f} ms" if watch.turns else labels.strip_kept
        facts.append(f"{labels.strip_forward} {ran}")
    facts.append(f"{labels.strip_whole} {whole:.0f} ms")
    with st.container(key="strip"):
        st.caption(" · ".join(facts))


def _facts(frame: Frame, spec: ModelSpec) -> list[str]:
    from models._load import device_of, load

    labels = frame.shared.labels
    network = load(spec)  # the shared instance that just answered
    parameters = sum(tensor.numel() for tensor in network.parameters())
    origin = labels.strip_embedded if spec.is_embedded else labels.strip_hub
    return [
        f"{labels.strip_model} **{spec.title}**",
        f"{labels.strip_origin} {origin}",
        f"{labels.strip_parameters} {parameters:,}",
        f"{labels.strip_size} {spec.size_bytes / 1e6:.1f} MB",
        f"{labels.strip_licence} {spec.licence}",
        f"{labels.strip_device} {str(device_of(network)).upper()}",
    ]


def draw_take_away(frame: Frame, taken: TakeAway) -> None:
    """Picture, table and data as files, made when they are asked for; link and code to copy."""
    labels = frame.shared.labels
    offers: list[tuple[str, str, Callable[[], bytes | str]]] = []
    if (picture := taken.picture) is not None:
        offers.append((labels.take_png, "png", lambda: png_bytes(picture)))
    if taken.table:
        offers.append((labels.take_csv, "csv", lambda: csv_bytes(taken.table)))
    if taken.data is not None:
        offers.append((labels.take_json, "json", lambda: json_bytes(taken.data)))
    with st.container(horizontal=True, key="take-away"):
        for label, kind, make in offers:
            st.download_button(
                label,
                make,
                f"{taken.name}.{kind}",
                key=f"take-{kind}",
                on_click="ignore",
                icon=":material/download:",
            )
        for name, content in taken.files.items():
            st.download_button(
                name,
                content,
                name,
                key=f"take-{name}",
                on_click="ignore",
                icon=":material/download:",
            )
        with st.popover(labels.take_link, icon=":material/link:"):
            st.code(_link(), language=None, wrap_lines=True)
            st.caption(labels.take_link_own)
        with st.popover(labels.take_code, icon=":material/code:"):
            st.code(taken.code, language="python", wrap_lines=True)


def draw_source(frame: Frame) -> None:
    """Where the topic is taught, and the files that compute and show it, as they run."""
    labels = frame.shared.labels
    st.divider()
    st.markdown(f"**{labels.notes}** · {frame.worded.notes}")
    _draw_files(frame)


@st.fragment
def _draw_files(frame: Frame) -> None:
    """The files, once they are asked for: a browser takes long to colour hundreds of lines."""
    labels, demo = frame.shared.labels, frame.demo
    icon = ":material/code:"
    with st.expander(labels.source, icon=icon, key="source", on_change="rerun") as shelf:
        if shelf.open:
            files = {str(path.relative_to(ROOT)): path for path in sources(demo.name, demo.page)}
            named = st.selectbox(labels.source_file, files, key="source-file")
            code = files[named].read_text("utf-8")
            st.code(code, language="python", line_numbers=True, height=480)


@functools.cache
def sources(name: str, page: Path) -> tuple[Path, ...]:
    """A demo's model module, its parts, the page, and the page's own parts."""
    module = ROOT / "models" / f"{name}.py"
    parts, waiting = [module], [module]
    while waiting:
        for found in _imported(waiting.pop(), "models"):
            if found.stem.startswith("_") and found.stem not in PLUMBING and found not in parts:
                parts.append(found)
                waiting.append(found)
    folders = {path.parent for path in _imported(page, "gallery")} - {ROOT / "gallery"}
    own = [path for folder in sorted(folders - SHARED) for path in sorted(folder.glob("[!_]*.py"))]
    return (*parts, page, *own)


def _imported(path: Path, package: str) -> list[Path]:
    """The files of a package that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            base = ROOT.joinpath(*(node.module or "").split("."))
            places = [base.with_suffix(".py")]
            places += [base / f"{alias.name}.py" for alias in node.names]
            found += [place for place in places if place.is_file()]
    return found


def _link() -> str:
    base = (st.context.url or "").partition("?")[0]
    query = query_string()
    return f"{base}?{query}" if query else base
