"""`manage.py states`: docs/states.md, printed from the life cycles that the rooms act by."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import module_has_submodule

HEAD = """# States

Every life cycle of the house, printed from each room's `states.py`, which is also what the services act by. Made by
`make fix`; `make check` refuses a page that is out of date.
"""


class Command(BaseCommand):
    """Prints a Mermaid diagram of every life cycle, or with --check compares them with docs/states.md."""

    help = "Print docs/states.md from the life cycles in the rooms' states.py."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--check", action="store_true", help="only compare; exit status 1 where they differ")

    def handle(self, *, check: bool, **_options: Any) -> None:
        """Print or compare. Raises CommandError where the page is out of date."""
        now = page()
        if not check:
            self.stdout.write(now, ending="")
            return
        path = Path(settings.ROOT) / "docs" / "states.md"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before != now:
            self.stdout.writelines(unified_diff(before.splitlines(True), now.splitlines(True), str(path), "printed"))
            raise CommandError("docs/states.md is out of date: run `make fix` and commit it.")


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(section(room, life) for room, life in sorted(lives(), key=lambda found: found[0]))])


def lives() -> Iterator[tuple[str, Mapping[Enum, Any]]]:
    """Yield (room, life cycle) for each dict in a states.py whose keys are the members of one set of states."""
    for config in apps.get_app_configs():
        if config.module is None or not module_has_submodule(config.module, "states"):
            continue
        for value in vars(import_module(f"{config.name}.states")).values():
            if isinstance(value, dict) and value and all(isinstance(state, Enum) for state in value):
                yield config.name, value


def section(room: str, life: Mapping[Enum, Any]) -> str:
    """Return one life cycle as a section with a diagram; it begins at its first state."""
    kind = type(next(iter(life)))
    about = (kind.__doc__ or "").partition(". ")[0].rstrip(".")
    lines = [f"## {room}: {kind.__name__}", "", f"{about}.", "", "```mermaid", "stateDiagram-v2"]
    lines.append(f"    [*] --> {next(iter(life)).value}")
    for state, leads in life.items():
        for target, event in steps(leads):
            lines.append(f"    {state.value} --> {target.value}" + (f": {event}" if event else ""))
        if not leads:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join([*lines, "```", ""])


def steps(leads: Any) -> Iterator[tuple[Enum, str]]:
    """Yield (next state, what leads there) of a state; rooms write {event: state}, or states alone."""
    if isinstance(leads, Mapping):
        yield from ((target, event.replace("_", " ")) for event, target in leads.items())
    else:
        yield from ((target, "") for target in leads)
