"""What stands under a result: the strip of facts, what to take away, and the source."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from gallery.frame import Frame
from gallery.takeaway import TakeAway, csv_bytes, json_bytes, png_bytes
from models._gate import Stopwatch
from models._spec import ModelSpec

__all__ = ["draw_source", "draw_strip", "draw_take_away"]

ROOT = Path(__file__).resolve().parent.parent


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
    """The page and what it computes, as they run; and where the topic is taught."""
    labels, demo = frame.shared.labels, frame.demo
    st.divider()
    st.markdown(f"**{labels.notes}** · {frame.worded.notes}")
    with st.expander(labels.source, icon=":material/code:"):
        files = {
            labels.source_model: ROOT / "models" / f"{demo.name}.py",
            labels.source_page: demo.page,
        }
        for tab, path in zip(st.tabs(list(files)), files.values(), strict=True):
            tab.code(path.read_text("utf-8"), language="python", line_numbers=True, height=480)


def _link() -> str:
    from gallery.address import query_string

    base = (st.context.url or "").partition("?")[0]
    query = query_string()
    return f"{base}?{query}" if query else base
