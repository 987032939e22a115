"""README says what is there: tables from the declarations, commands that exist, files that lie."""

import re
from pathlib import Path

from docs.readme import README, write_tables

ROOT = Path(__file__).resolve().parents[1]


def test_tables_are_up_to_date() -> None:
    text = README.read_text("utf-8")
    assert write_tables(text) == text, "python -m docs.readme writes them anew"


def test_links_and_pictures_lead_somewhere() -> None:
    text = README.read_text("utf-8") + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    targets = re.findall(r'\]\(([^)#:]+)\)|src="([^":]+)"', text)
    assert len(targets) > 10
    assert [t for pair in targets for t in pair if t and not (ROOT / t).exists()] == []


def test_the_two_commands_are_one_line_each() -> None:
    lines = README.read_text("utf-8").splitlines()
    commands = [line for line in lines if line.startswith("python3 -m venv .venv && ")]
    assert [command.rsplit("/", 1)[1] for command in commands] == [
        "streamlit run Home.py",
        "pytest -n 2",
    ]
    assert all((ROOT / name).is_file() for name in re.findall(r"\S+\.txt", " ".join(commands)))


def test_the_front_matter_is_a_docker_space() -> None:
    front = README.read_text("utf-8").split("---\n")[1]
    assert {"sdk: docker", "app_port: 7860", "license: apache-2.0"} <= set(front.splitlines())
    assert 'CMD ["uvicorn", "app:app"' in (ROOT / "Dockerfile").read_text("utf-8")
