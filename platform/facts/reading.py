"""Reading YAML and JSON strictly: JSON's data types, no tags, no duplicate keys, bounded size, depth and expansion.

YAML is read from its events by the core schema of YAML 1.2, so that `no` and `NO` are text and not false.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from facts.errors import InvalidDocument

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 24
MAX_NODES = 50_000
INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
NUMERIC = frozenset("+-.0123456789")
"""What a number may begin with."""
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Reading:
    """Decoded data, and for YAML the line (from 1) on which each path of the document stands."""

    data: Any
    lines: Mapping[str, int]


@dataclass
class Frame:
    """A collection that is being built: its value, its path, the key that waits for a value, its anchor and size."""

    value: dict[str, Any] | list[Any]
    path: str
    anchor: str | None
    key: str | None = None
    nodes: int = 1


@dataclass
class Builder:
    """Builds data from YAML events; raises InvalidDocument at what is not plain, bounded data."""

    lines: dict[str, int] = field(default_factory=dict)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    stack: list[Frame] = field(default_factory=list)
    root: Any = None
    nodes: int = 0

    def feed(self, event: yaml.Event) -> None:
        """Take one event of the parser."""
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event, line_of(event))
        elif isinstance(event, yaml.MappingStartEvent):
            self.open({}, event, line_of(event))
        elif isinstance(event, yaml.SequenceStartEvent):
            self.open([], event, line_of(event))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self.stack.pop()
            self.place(done.value, done.nodes, done.anchor, line_of(event), again=False)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise InvalidDocument(self.path(), f"*{event.anchor}", "an alias of a finished anchor", line_of(event))
            self.place(*self.anchors[event.anchor], None, line_of(event))

    def refuse_tag(self, tag: str | None, line: int) -> None:
        """Raise InvalidDocument for a tag, which would make more of data than data."""
        if tag is not None and tag != "!":
            raise InvalidDocument(self.path(), tag, "plain data without a YAML tag", line)

    def scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        """Take a key or a plain value."""
        self.refuse_tag(event.tag, line)
        frame, value = self.stack[-1] if self.stack else None, event.value
        if frame is None or frame.key is not None or frame.value.__class__ is list:
            plain = not event.style
            self.place(self.resolve(value, line) if plain else value, 1, event.anchor, line)
            return
        if value in frame.value or value == "<<":
            raise InvalidDocument(joined(frame.path, value), value, "each key once, and no merge key", line)
        frame.key = value
        self.lines.setdefault(joined(frame.path, value), line)

    def resolve(self, text: str, line: int) -> Any:
        """The value of an unquoted scalar by the YAML 1.2 core schema."""
        if text in WORDS:
            return WORDS[text]
        if text[0] not in NUMERIC:
            return text
        if INTEGER.match(text):
            return int(text)
        if NUMBER.match(text) or text.lower().lstrip("+-") in (".inf", ".nan"):
            value = float(text) if NUMBER.match(text) else math.inf
            if not math.isfinite(value):
                raise InvalidDocument(self.path(), text, "a finite number", line)
            return value
        return text

    def open(self, value: dict[str, Any] | list[Any], event: yaml.CollectionStartEvent, line: int) -> None:
        """Begin a collection."""
        self.refuse_tag(event.tag, line)
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            raise InvalidDocument(frame.path, value, "a key that is text", line)
        if len(self.stack) >= MAX_DEPTH:
            raise InvalidDocument(self.path(), f"{len(self.stack) + 1} levels", f"at most {MAX_DEPTH} levels", line)
        path = self.path()
        self.lines.setdefault(path, line)
        self.stack.append(Frame(value, path, event.anchor))

    def place(self, value: Any, nodes: int, anchor: str | None, line: int, again: bool = True) -> None:
        """Put a finished value where it belongs. An alias counts as often as it is used."""
        self.nodes += nodes if again else 0
        if self.nodes > MAX_NODES:
            raise InvalidDocument(self.path(), f"over {MAX_NODES} values", "a smaller document", line)
        if anchor is not None:
            self.anchors[anchor] = (value, nodes)
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        frame.nodes += nodes
        if isinstance(frame.value, list):
            self.lines.setdefault(self.path(), line)
            frame.value.append(value)
        elif frame.key is None:
            raise InvalidDocument(frame.path, value, "a key that is text", line)
        else:
            frame.value[frame.key], frame.key = value, None

    def path(self) -> str:
        """The path of the value that comes next."""
        if not self.stack:
            return ""
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            return f"{frame.path}[{len(frame.value)}]"
        return joined(frame.path, frame.key) if frame.key is not None else frame.path


def line_of(event: yaml.Event) -> int:
    """The line on which an event begins, from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


def joined(path: str, key: str) -> str:
    """The path of a key below a path."""
    return f"{path}.{key}" if path else key


def read(text: str, *, form: str | None = None) -> Reading:
    """Decode one document. `form` is "yaml", "json" or None: JSON when it opens with a brace and parses, else YAML.

    Raises InvalidDocument for syntax errors and for everything that is not plain, bounded data.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidDocument("", f"{len(text)} characters", f"at most {MAX_CHARACTERS} characters")
    if form == "json" or (form is None and text.lstrip()[:1] == "{"):
        try:
            return read_json(text)
        except InvalidDocument as error:
            if form == "json" or error.expected != "JSON":
                raise
    return read_yaml(text)


def read_yaml(text: str) -> Reading:
    """Decode one YAML document; see `read`."""
    builder, documents = Builder(), 0
    try:
        for event in events(text):
            documents += event.__class__ is yaml.DocumentStartEvent
            if documents > 1:
                raise InvalidDocument("", "several documents", "one document in the file", line_of(event))
            builder.feed(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        found = getattr(error, "problem", None) or "unreadable characters"
        raise InvalidDocument("", found, "YAML", mark.line + 1 if mark else None) from error
    return Reading(builder.root, builder.lines)


def events(text: str) -> Iterator[yaml.Event]:
    """Yield the events of a text by libyaml, up to the end of the stream; raises yaml.YAMLError."""
    loader = yaml.CSafeLoader(text)
    try:
        # Without the parser's own look-ahead, which doubles the calls for each event.
        event = loader.get_event()
        while event is not None and event.__class__ is not yaml.StreamEndEvent:
            yield event
            event = loader.get_event()
    finally:
        loader.dispose()


def read_json(text: str) -> Reading:
    """Decode one JSON document; see `read`."""
    try:
        data = json.loads(text, object_pairs_hook=unique, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidDocument("", error.msg, "JSON", error.lineno) from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, InvalidDocument):
            raise
        raise InvalidDocument("", "values too deep or too large", "JSON with moderate depth and numbers") from error
    measure(data)
    return Reading(data, {})


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; raises InvalidDocument for a key that stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise InvalidDocument(twice, twice, "each key once")
    return found


def refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which JSON does not know."""
    raise InvalidDocument("", name, "a finite number")


def measure(data: Any) -> None:
    """Raise InvalidDocument where decoded data is too deep, too large or holds a number beyond 64 bits."""
    waiting, nodes = [(data, 1)], 0
    while waiting:
        value, depth = waiting.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise InvalidDocument("", "values too deep or too many", f"at most {MAX_DEPTH} levels, {MAX_NODES} values")
        if isinstance(value, bool):
            continue
        if (isinstance(value, int) and abs(value) >= 2**63) or (isinstance(value, float) and not math.isfinite(value)):
            raise InvalidDocument("", str(value), "a number that fits 64 bits")
        if isinstance(value, dict):
            waiting.extend((below, depth + 1) for below in value.values())
        elif isinstance(value, (list, tuple)):
            waiting.extend((below, depth + 1) for below in value)
