"""What was measured of embedded weights, and the card beside them that says so."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Found", "write_card"]


@dataclass(frozen=True)
class Found:
    """The figures of one set of weights."""

    score: float  # what two trainings are compared by: the higher the better
    summary: str  # a line for who runs the measurement
    entries: dict[str, Any]  # of the card
    files: tuple[str, ...] = ()  # what belongs on the card beside the weights, where it is there


def write_card(folder: Path, found: Found) -> None:
    """Bring a card up to what lies beside it and was found of it; the first one is made."""
    file = folder / "card.json"
    card = json.loads(file.read_text("utf-8")) if file.exists() else {"name": "", "files": {}}
    wanted = {*card["files"], *found.files}
    names = sorted(path.name for path in folder.iterdir() if path.name in wanted)
    names += sorted({path.name for path in folder.glob("*.safetensors")} - set(names))
    card["files"] = {name: _entry((folder / name).read_bytes()) for name in names}
    card |= {"name": folder.name} | found.entries
    card["evaluation"] = f"python -m training.evaluate {card['name']} --data DATA"
    file.write_text(_text(card), "utf-8")


def _entry(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _text(card: dict[str, Any]) -> str:
    """Write a card, small groups of figures and words on one line."""
    text = json.dumps(card, ensure_ascii=False, indent=2)
    text = re.sub(r'\{\s+("top1": [\d.]+),\s+("top5": [\d.]+)\s+\}', r"{\1, \2}", text)
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", _on_one_line, text) + "\n"


def _on_one_line(group: re.Match[str]) -> str:
    return f"[{' '.join(group[1].split())}]"
