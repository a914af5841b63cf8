"""`python -m tests.catalogues [--check]`: locale/*/LC_MESSAGES/django.mo from the django.po beside it.

Both are kept, so that running needs no gettext tools. `used()` finds the texts of the person's own pages, which the
catalogues must hold in every language.
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2}
FIELD = re.compile(r'^(msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$')


def catalogue(path: Path) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Message (and its plural) → translations, from a .po file; the header stands under ("",)."""
    found = {}
    for entry in path.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in entry.splitlines():
            if match := FIELD.match(line):
                name = match[1]
                fields[name] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                fields[name] += ast.literal_eval(line)
        if fields:
            key = tuple(fields[one] for one in ("msgid", "msgid_plural") if one in fields)
            found[key] = tuple(text for one, text in fields.items() if one.startswith("msgstr"))
    return found


def compiled(path: Path) -> bytes:
    """The .mo file of a .po file: magic, two tables of (length, offset), the texts (gettext manual, "MO Files")."""
    messages = sorted(
        ("\0".join(key).encode(), "\0".join(texts).encode()) for key, texts in catalogue(path).items() if all(texts)
    )
    count = len(messages)
    at = 28 + 16 * count
    tables: list[list[tuple[int, int]]] = [[], []]
    data = b""
    for side in (0, 1):
        for pair in messages:
            tables[side].append((len(pair[side]), at + len(data)))
            data += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return head + b"".join(struct.pack("<2I", *place) for table in tables for place in table) + data


def used() -> set[tuple[str, ...]]:
    """Every text of the person's own pages: (message,) or (message, plural)."""
    found = set()
    for path in sorted(ROOT.glob("portal/preferences/**/*.py")):
        found |= set(_calls(path.read_text(encoding="utf-8")))
    for path in sorted(ROOT.glob("templates/preferences/**/*.html")):
        found |= set(_in_template(path))
    return found


def _calls(source: str) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield tuple(ast.literal_eval(one) for one in node.args[: CALLS[node.func.id]])


def _in_template(path: Path) -> Iterator[tuple[str, ...]]:
    # What Django makes of a template is Python between words that stand for the rest of it.
    text = templatize(path.read_text(encoding="utf-8"))
    literal = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    for match in re.finditer(rf"(?:gettext|_)\({literal}(?:,\s*{literal})?\s*[,)]", text):
        yield tuple(ast.literal_eval(one) for one in match.groups() if one)


def main(check: bool) -> int:
    """Write or compare every .mo; returns the exit status."""
    stale = 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target, now = path.with_suffix(".mo"), compiled(path)
        if not check:
            target.write_bytes(now)
        elif not target.exists() or target.read_bytes() != now:
            stale += 1
            print(f"{target.relative_to(ROOT)} is out of date: run `make fix` and commit it.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
