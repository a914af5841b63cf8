"""Packs to start from: each works as it stands."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from audits.house.reading import read

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Template:
    """A pack to start from: the name of its file, its title, what it is about, and its text."""

    name: str
    title: str
    about: str
    text: str


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """Return the packs to start from, by name."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}
    return tuple(_template(name, text) for name, text in texts.items())


def _template(name: str, text: str) -> Template:
    head = read(text).head
    return Template(name, str(head["title"]), str(head["about"]), text)
