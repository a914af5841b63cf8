"""The `lighttouch` command: no database, no network and without starting Django.

It judges registration documents, decodes consent signals and hashes identifiers as an ad platform wants them.

Exit status of `check`: 3 if any file was invalid, else 1 if any is blocked, else 2 if any needs a human, else 0; 4 when
nothing was judged (wrong usage, a pack that cannot be loaded, an internal error). `decode` and `hash` answer every line
by itself and exit with 0 when the input ends.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from facts.words import gettext as _
from kernel import clock

CLEAR, BLOCKED, NEEDS_HUMAN, INVALID, FAILED = 0, 1, 2, 3, 4
STATUS = {"clear": CLEAR, "blocked": BLOCKED, "needs_human": NEEDS_HUMAN}
FORMATS = ("text", "json", "sarif", "github")


class Parser(argparse.ArgumentParser):
    """A parser that exits with 4 on wrong usage, because nothing was judged then."""

    def error(self, message: str) -> NoReturn:
        """Say how the command is used and exit with status 4."""
        self.print_usage(sys.stderr)
        self.exit(FAILED, f"{self.prog}: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parser().parse_args(argv)
    try:
        return int(options.run(options))
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except Exception as error:
        from audits.engine import InvalidPack

        if isinstance(error, InvalidPack):
            print(f"lighttouch: {error}", file=sys.stderr)
        else:
            print("lighttouch: internal error; nothing was judged", file=sys.stderr)
            print("".join(traceback.format_exception_only(error)).strip(), file=sys.stderr)
        return FAILED


def parser() -> Parser:
    """The command line with its sub-commands."""
    top = Parser(prog="lighttouch", description=_("What a marketing campaign can do, and what it should."))
    commands = top.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    check = commands.add_parser("check", help=_("judge registration documents (YAML or JSON)"))
    check.add_argument("files", nargs="+", metavar="FILE")
    check.add_argument("--format", choices=FORMATS, default="text")
    check.add_argument("--on", type=day, metavar="DATE", help=_("judge as of this day (YYYY-MM-DD; default: today)"))
    check.add_argument("--packs", type=Path, metavar="DIR", help=_("rule packs to use instead of the built-in ones"))
    check.set_defaults(run=run_check)
    schema = commands.add_parser("schema", help=_("print the JSON Schema of a registration document"))
    schema.set_defaults(run=run_schema)
    rules = commands.add_parser("rules", help=_("print every rule as a page (docs/rules.md)"))
    rules.add_argument("--packs", type=Path, metavar="DIR")
    rules.add_argument("--check", type=Path, metavar="PAGE", help=_("compare with a page instead of printing"))
    rules.set_defaults(run=run_rules)
    decode = commands.add_parser("decode", help=_("decode consent signals (TCF, GPP, US Privacy), one a line"))
    decode.add_argument("--on", type=day, metavar="DATE", help=_("judge as of this day (YYYY-MM-DD; default: today)"))
    decode.set_defaults(run=run_decode)
    hashing = commands.add_parser("hash", help=_("hash identifiers as an ad platform wants them, one a line"))
    hashing.add_argument("profile", type=profile, metavar="PROFILE", help=_("such as uid2-email; `list` prints all"))
    hashing.set_defaults(run=run_hash)
    return top


def day(text: str) -> date:
    """A calendar date; raises argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date as YYYY-MM-DD") from error


def run_check(options: argparse.Namespace) -> int:
    """Judge each file and print the answers in the order of the files."""
    from audits.engine import load_packs
    from audits.engine.reports import render

    # What ships is proved by its tests; a folder of somebody else's is proved before it judges.
    packs = load_packs(options.packs) if options.packs else load_packs(prove=False)
    on = options.on or clock.today()
    answers = [judged(name, packs, on) for name in options.files]
    print(render(answers, options.format, packs))
    return status(answers)


def judged(name: str, packs: Any, on: date) -> dict[str, Any]:
    """The verdict on one file as JSON data, or what is wrong with the file."""
    from audits.engine import judge
    from facts import document

    try:
        registration = document.load(Path(name))
    except document.InvalidDocument as error:
        return {"file": name, "error": error.as_dict()}
    return {"file": name, **judge(registration, packs=packs, on=on).as_dict()}


def status(answers: Sequence[dict[str, Any]]) -> int:
    """The exit status over all files."""
    if any("error" in answer for answer in answers):
        return INVALID
    found = {STATUS[answer["verdict"]] for answer in answers}
    return next((one for one in (BLOCKED, NEEDS_HUMAN) if one in found), CLEAR)


def run_decode(options: argparse.Namespace) -> int:
    """Read signals from standard input, one a line, and print for each what it says and whether to rely on it."""
    from config.lines import answer_lines
    from people.standards.bits import LONGEST
    from people.standards.reading import read

    on = options.on or clock.today()
    answer_lines(lambda text: read(text, on).as_dict(), longest=LONGEST)
    return 0


def profile(name: str) -> str:
    """A hashing profile, or `list`; raises argparse.ArgumentTypeError."""
    from delivery.matching import PROFILES

    if name not in PROFILES and name != "list":
        raise argparse.ArgumentTypeError(f"there is no profile {name!r}; known are {', '.join(PROFILES)}")
    return name


def run_hash(options: argparse.Namespace) -> int:
    """Read identifiers from standard input, one a line, and print each as its platform normalises and hashes it."""
    from config.lines import answer_lines
    from delivery.matching import PROFILES, hashed
    from delivery.matching.profiles import LONGEST

    if options.profile == "list":
        print("\n".join(PROFILES))
    else:
        answer_lines(lambda value: hashed(options.profile, value)._asdict(), longest=LONGEST)
    return 0


def run_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a registration document."""
    from facts import schema

    print(json.dumps(schema.json_schema(), indent=2, ensure_ascii=False))
    return 0


def run_rules(options: argparse.Namespace) -> int:
    """Print the page of all rules, or compare it with a file: 1 where they differ."""
    from audits.engine import load_packs
    from audits.engine.reports.rules_page import rules_page

    page = rules_page(load_packs(options.packs) if options.packs else load_packs())
    if options.check is None:
        print(page, end="")
        return 0
    if options.check.exists() and options.check.read_text(encoding="utf-8") == page:
        return 0
    print(
        f"lighttouch: {options.check} is not what the packs say; write it anew with `lighttouch rules`", file=sys.stderr
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
