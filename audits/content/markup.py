"""HTML in linear time: its readable prose, links, images and other resources. Anything is read; nothing is fetched."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_FAILURES = 200
LONGEST_TAG = 8_192
DEEPEST = 400
START = re.compile(r"<(?=[a-zA-Z/!?])")
TAG = re.compile(r"<([a-zA-Z][^\s/<>\"']{0,60})((?:\"[^\"]*+\"|'[^']*+'|[^\"'<>])*+)>")
ATTRIBUTE = re.compile(r"([^\s=\"'<>/]{1,80})(?:\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+)))?")
SILENT = frozenset({"script", "style", "title", "template", "noscript"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"})
LOADING = {"script": "src", "iframe": "src", "link": "href", "embed": "src", "object": "data", "form": "action"}
HIDING = re.compile(
    r"display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?[0-3](?:\.\d)?(?:px|pt)?(?:;|\s|$)|opacity\s?:\s?0(?:;|\s|$)"
)


PIECE = re.compile(r"\s+|\S+(?:\s\S+)*+")
WHITE = re.compile(r"\s")


@dataclass
class Prose:
    """Readable text with white space collapsed, and line and column (from 1) where each piece of it stood.

    A character that the markup writes as an entity (`&nbsp;`) counts as one column.
    """

    pieces: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    length: int = 0

    def add(self, text: str, line: int, column: int = 1) -> None:
        """Take a piece of text that begins at a place; a line break inside begins another piece."""
        for number, part in enumerate(text.replace("\xa0", " ").replace("\u2019", "'").split("\n")):
            if number:
                self.put(" ", line + number, 1)
            first = 1 if number else column
            for found in PIECE.finditer(part):
                words = found.group()
                self.put(" " if words.isspace() else WHITE.sub(" ", words), line + number, first + found.start())

    def put(self, words: str, line: int, column: int = 1) -> None:
        """Take a piece that stands on one line and needs no more tidying."""
        if words and (words != " " or not self.pieces or not self.pieces[-1].endswith(" ")):
            self.starts.append(self.length)
            self.lines.append(line)
            self.columns.append(column)
            self.pieces.append(words)
            self.length += len(words)

    def __len__(self) -> int:
        """The number of characters."""
        return self.length

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)

    def line(self, offset: int) -> int:
        """The line on which a character of the text stood."""
        return self.place(offset)[0]

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column at which a character of the text stood."""
        if not self.lines:
            return 1, 1
        piece = bisect_right(self.starts, offset) - 1
        return self.lines[piece], self.columns[piece] + offset - self.starts[piece]


@dataclass
class Link:
    """A link: where it leads, the words that are clicked, whether it can be seen, and its line."""

    href: str
    hidden: bool
    line: int
    words: str = ""
    before: str = ""
    column: int = 1


@dataclass(frozen=True)
class Resource:
    """Something that is loaded or sent to: `kind` is the element, `pixel` an image too small to be seen."""

    kind: str
    address: str
    line: int
    pixel: bool = False
    alt: str = ""
    column: int = 1


@dataclass
class Page:
    """What an HTML part shows. `whole` is false where its markup could not be read to the end."""

    prose: Prose = field(default_factory=Prose)
    links: list[Link] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    whole: bool = True


@dataclass
class Reader:
    """Walks once over the markup."""

    source: str
    page: Page = field(default_factory=Page)
    open: list[tuple[str, bool]] = field(default_factory=list)
    link: Link | None = None
    failures: int = 0
    line: int = 1
    column: int = 1
    counted: int = 0

    def read(self) -> Page:
        """Read all of it."""
        position, end = 0, len(self.source)
        while position < end:
            found = START.search(self.source, position)
            start = found.start() if found else end
            if found is None or self.failures >= MOST_FAILURES:
                self.page.whole = self.page.whole and self.failures < MOST_FAILURES
                self.words(self.source[position:], position)
                break
            if start > position:
                self.words(self.source[position:start], position)
            position = self.markup(start)
        return self.page

    def markup(self, start: int) -> int:
        """Take what begins with a `<`, and return where the reading goes on."""
        source = self.source
        if source.startswith("<!--", start):
            return self.after("-->", start + 4)
        if source.startswith(("<!", "<?"), start):
            return self.after(">", start + 2)
        if source.startswith("</", start):
            close = source.find(">", start, start + LONGEST_TAG)
            if close >= 0:
                self.closed(source[start + 2 : close].strip().lower())
                return close + 1
        found = TAG.match(source, start, start + LONGEST_TAG)
        if found is None:
            self.failures += 1
            self.words("<", start)
            return start + 1
        name = found.group(1).lower()
        self.opened(name, attributes(found.group(2)), self.at(start))
        if name in SILENT:
            return self.skip(name, found.end())
        return found.end()

    def after(self, mark: str, start: int) -> int:
        """Where the reading goes on after a mark; the end where it never comes."""
        found = self.source.find(mark, start)
        if found < 0:
            self.page.whole = False
            return len(self.source)
        return found + len(mark)

    def skip(self, name: str, start: int) -> int:
        """Where an element whose text is not read ends."""
        found = re.compile(rf"</{name}", re.IGNORECASE).search(self.source, start)
        self.page.whole = self.page.whole and found is not None
        return found.start() if found else len(self.source)

    def at(self, position: int) -> int:
        """The line of a position, and its column beside it; positions come in rising order."""
        if position > self.counted:
            self.line += self.source.count("\n", self.counted, position)
            last = self.source.rfind("\n", self.counted, position)
            self.column = position - last if last >= 0 else self.column + position - self.counted
            self.counted = position
        return self.line

    def words(self, raw: str, position: int) -> None:
        """Take text between tags."""
        text = html.unescape(raw)
        self.page.prose.add(text, self.at(position), self.column)
        if self.link is not None and len(self.link.words) < 500:
            self.link.words += text[:500]

    def opened(self, name: str, attrs: Mapping[str, str], line: int) -> None:
        """Take a start tag."""
        hidden = hides(attrs) or (bool(self.open) and self.open[-1][1])
        if name not in VOID and len(self.open) < DEEPEST:
            self.open.append((name, hidden))
        if name not in INLINE:
            self.page.prose.put(" ", line, self.column)
        if name == "a":
            before = "".join(self.page.prose.pieces[-4:])
            self.link = Link(attrs.get("href", "").strip(), hidden, line, before=before, column=self.column)
            self.page.links.append(self.link)
        elif name == "img":
            self.image(attrs, hidden, line)
        elif name in LOADING and attrs.get(LOADING[name]):
            self.page.resources.append(Resource(name, attrs[LOADING[name]].strip(), line, column=self.column))

    def image(self, attrs: Mapping[str, str], hidden: bool, line: int) -> None:
        """Take an image; its alternative text is read like words."""
        source, alt = attrs.get("src", "").strip(), attrs.get("alt", "")
        if source:
            self.page.resources.append(Resource("img", source, line, hidden or tiny(attrs), alt, self.column))
        if alt:
            self.page.prose.add(f" {alt} ", line, self.column)
            if self.link is not None:
                self.link.words += alt[:200]

    def closed(self, name: str) -> None:
        """Take an end tag: it closes the nearest element of that name."""
        if name == "a":
            self.link = None
        if name not in INLINE:
            self.page.prose.put(" ", self.line, self.column)
        for depth in range(len(self.open) - 1, max(-1, len(self.open) - 40), -1):
            if self.open[depth][0] == name:
                del self.open[depth:]
                return


def attributes(raw: str) -> dict[str, str]:
    """The attributes of a tag; of one that stands twice the first counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in ATTRIBUTE.findall(raw):
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found


def hides(attrs: Mapping[str, str]) -> bool:
    """Whether an element hides what is in it."""
    return "hidden" in attrs or bool(HIDING.search(attrs.get("style", "").lower()))


def tiny(attrs: Mapping[str, str]) -> bool:
    """Whether an image is too small to be seen."""
    sizes = [attrs.get(side, "").removesuffix("px").strip() for side in ("width", "height")]
    style = attrs.get("style", "").lower().replace(" ", "")
    styled = [re.search(rf"(?:^|;){side}:([01])(?:px|;|$)", style) for side in ("width", "height")]
    return all(one in ("0", "1") for one in sizes) or all(styled)


def read_page(source: str) -> Page:
    """Read an HTML part. It takes time in proportion to its length, whatever it holds."""
    return Reader(source).read()
