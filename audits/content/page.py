"""The checks of the message as a section of docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterator

from audits.content.findings import Check, load

EFFECTS = {"human": "a person judges", "advise": "advises"}
READ = {"text": "its text was read", "secondary": "read in secondary sources", "memory": "from memory"}


def section() -> Iterator[str]:
    """Every check of the message: what it tells, the law behind it and how surely that is known."""
    version, _urls, checks = load()
    yield "## Checks of the message"
    yield ""
    yield (
        f"Version {version}, {len(checks)} checks of subject, text, HTML, landing page and headers, in English, "
        "German, French, Spanish and Italian. They compare with what is declared and never block; where none of the "
        "laws reaches people of the campaign, a check advises."
    )
    yield ""
    yield "| check | law | what it tells | effect | how sure |"
    yield "|---|---|---|---|---|"
    for name, check in checks.items():
        yield row(name, check)


def row(name: str, check: Check) -> str:
    """One check."""
    laws = "; ".join(f"{law} {article}" for law, article in check.laws.items())
    sure = READ[check.checked(check.laws)] if check.laws else ""
    told = f"{check.title}. {check.remedy}".replace("|", "/")
    return f"| {' | '.join((f'`{name}`', laws, told, EFFECTS[check.severity], sure))} |"
