"""Conditions in CEL (Common Expression Language) over facts, with three-valued logic.

An absent fact makes a sub-expression unknown; `&&` and `||` absorb what is unknown where the other side decides
(Kleene's strong logic), because CEL's own operators absorb errors. What could turn silence into an answer (`has()`,
optional selection, `null`, indexing, the ternary operator) is refused when a condition is compiled.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any

from facts.cel_extension import cel
from facts.errors import shortened

MAX_LENGTH = 4000
MAX_NESTING = 32
"""How deep brackets may nest."""
MAX_MACROS = 2
"""How deep macros such as `exists` may nest: each one multiplies the work by the length of a list."""
MAX_STEPS = 1_000_000
"""How much one evaluation may cost; see `Condition.steps`. About a tenth of a second."""
MACROS = frozenset({"exists", "all", "exists_one", "filter"})
FUNCTIONS = MACROS | {"size", "startsWith", "endsWith", "contains"}
TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<mark>&&|\|\||[=!<>]=|[-+*/%<>!().,\[\]])""",
    re.VERBOSE,
)
UNDEFINED = re.compile(r"Undefined variable or function: '(\w+)'")
WORDS = frozenset({"true", "false", "in"})


class Truth(Enum):
    """The value of a condition: unknown where an absent fact decides."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class InvalidCondition(ValueError):
    """A condition that cannot be compiled or uses what is refused."""


class ConditionError(RuntimeError):
    """A condition that failed for another reason than an absent fact, such as a comparison of different types."""


@dataclass(frozen=True)
class Token:
    """One lexical element of a condition: its kind (string, number, name, mark) and its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Condition:
    """A compiled condition: its source, the facts it reads (`paths`) and the bare names it uses (`names`).

    In the program each fact is one variable (`a.b` is `a__b`): CEL copies the mappings that a path goes through, and
    an undefined variable tells which fact is absent.
    """

    source: str
    program: cel.Program
    paths: frozenset[str]
    names: frozenset[str]
    bound: frozenset[str]

    @cached_property
    def order(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Its facts and its names, each in alphabetical order."""
        return tuple(sorted(self.paths)), tuple(sorted(self.names))

    @cached_property
    def undefined(self) -> frozenset[str]:
        """The variables that may be undefined because an answer is absent."""
        return frozenset({*map(variable, self.paths), *self.names})

    @cached_property
    def tokens(self) -> int:
        """Its number of tokens."""
        return len(tokens(self.source))

    @cached_property
    def macros(self) -> int:
        """How deep its macros nest."""
        return nesting(tokens(self.source))[1]

    @cached_property
    def literals(self) -> int:
        """How many entries its literal lists and how many sums it can have at most."""
        return 1 + self.source.count(",") + self.source.count("+")

    def steps(self, answers: Mapping[str, Any]) -> int:
        """An upper bound of the work of one evaluation over these answers, in tokens looked at.

        Every token once for each entry of all lists and characters of all texts that it could go through, to the power
        of the depth of its macros. Without a macro or a sum only the length of the condition counts.
        """
        if not self.macros and "+" not in self.source:
            return self.tokens
        size = sum(len(answers[path]) for path in self.paths if isinstance(answers.get(path), (list, tuple, str)))
        return int(self.tokens * (self.literals * max(size, 1)) ** max(self.macros, 1))

    def evaluate(self, context: cel.Context) -> Truth:
        """Return the truth of this condition in `context`.

        Raises ConditionError for anything but an absent fact or an undefined name that the condition mentions.
        """
        value = self.value(context)
        if value is None:
            return Truth.UNKNOWN
        if not isinstance(value, bool):
            raise ConditionError(f"{self.source!r} gives {value!r}, neither true nor false")
        return Truth.TRUE if value else Truth.FALSE

    def value(self, context: cel.Context) -> Any:
        """Return the value of the expression, or None where an absent fact decides; raises ConditionError."""
        try:
            return self.program.execute(context)
        except RuntimeError as error:
            undefined = UNDEFINED.match(str(error))
            if undefined and undefined[1] in self.undefined:
                return None
            raise ConditionError(f"{self.source!r}: {error}") from error
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ConditionError(f"{self.source!r}: {error}") from error


def variable(path: str) -> str:
    """The name under which a fact is a variable of a program."""
    return path.replace(".", "__")


def tokens(source: str) -> list[Token]:
    """Split a condition into tokens without spaces; raises InvalidCondition at the first character not understood."""
    found, position = [], 0
    while position < len(source):
        match = TOKEN.match(source, position)
        if match is None:
            raise InvalidCondition(f"{source!r}: {source[position]!r} at character {position + 1} is not allowed")
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(Token(kind, match.group()))
        position = match.end()
    return found


def chains(found: list[Token]) -> Iterator[tuple[int, int, str, bool]]:
    """Yield each dotted name as (start, end, text, called): `called` when a parenthesis follows its last part."""
    position = 0
    while position < len(found):
        if found[position].kind != "name":
            position += 1
            continue
        end = position + 1
        while end + 1 < len(found) and found[end].text == "." and found[end + 1].kind == "name":
            end += 2
        called = end < len(found) and found[end].text == "("
        yield position, end, "".join(token.text for token in found[position:end]), called
        position = end


@lru_cache(maxsize=8192)
def compile_condition(source: str) -> Condition:
    """Compile a condition, cached by its text; raises InvalidCondition, also for what is refused."""
    if len(source) > MAX_LENGTH:
        raise InvalidCondition(f"a condition of {len(source)} characters; at most {MAX_LENGTH} are allowed")
    found = tokens(source)
    refuse_indexing(source, found)
    refuse_depth(source, found)
    bound = bound_variables(found)
    paths: set[str] = set()
    names: set[str] = set()
    texts = [token.text for token in found]
    for start, end, text, called in chains(found):
        after_value = start > 0 and found[start - 1].text == "."
        base, _, method = text.rpartition(".")
        if called and (method if base or not after_value else text) not in FUNCTIONS:
            raise InvalidCondition(f"{source!r}: {text}() is not allowed; use one of {', '.join(sorted(FUNCTIONS))}")
        reference = base if called else text
        if not reference or after_value or reference in WORDS or reference.split(".")[0] in bound:
            continue
        if reference == "null":
            raise InvalidCondition(f"{source!r}: null is not an answer; an absent fact is unknown")
        if "." not in reference:
            names.add(reference)
            continue
        paths.add(reference)
        texts[start:end] = [variable(reference) + (f".{method}" if called else ""), *[""] * (end - start - 1)]
    try:
        program = cel.compile(" ".join(texts))
    except ValueError as error:
        raise InvalidCondition(f"{source!r}: {error}") from error
    return Condition(source, program, frozenset(paths), frozenset(names), bound)


def refuse_indexing(source: str, found: list[Token]) -> None:
    """Raise InvalidCondition where a value is indexed: an index is another way to an absent fact."""
    for before, token in itertools.pairwise(found):
        value_before = before.kind in ("name", "string", "number") or before.text in (")", "]")
        if token.text == "[" and value_before and before.text not in WORDS:
            raise InvalidCondition(f"{source!r}: indexing is not allowed; name the fact by its path")


def refuse_depth(source: str, found: list[Token]) -> None:
    """Raise InvalidCondition where brackets or macros nest too deep, for the compiler or for the time it may take."""
    brackets, macros = nesting(found)
    if brackets > MAX_NESTING:
        raise InvalidCondition(f"{shortened(source)!r}: brackets nest {brackets} deep; at most {MAX_NESTING} may")
    if macros > MAX_MACROS:
        raise InvalidCondition(
            f"{shortened(source)!r}: exists and its like nest {macros} deep; at most {MAX_MACROS} may"
        )


def nesting(found: list[Token]) -> tuple[int, int]:
    """How deep the brackets nest, and how deep those of macros."""
    opened: list[bool] = []
    deepest = macros = 0
    before = ""
    for token in found:
        if token.text in ("(", "["):
            opened.append(token.text == "(" and before in MACROS)
            deepest, macros = max(deepest, len(opened)), max(macros, sum(opened))
        elif token.text in (")", "]") and opened:
            opened.pop()
        before = token.text
    return deepest, macros


def bound_variables(found: list[Token]) -> frozenset[str]:
    """Return the variables that comprehension macros bind, such as `c` in `xs.exists(c, …)`."""
    return frozenset(
        found[index + 2].text
        for index, token in enumerate(found[:-2])
        if token.text in MACROS and found[index + 1].text == "(" and found[index + 2].kind == "name"
    )


def context(values: Mapping[str, Any]) -> cel.Context:
    """Return an evaluation context from values by their dotted path or bare name."""
    return cel.Context({variable(path): value for path, value in values.items()})
