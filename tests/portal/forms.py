"""What a browser without scripts would send: the fields of a page's form with the values that stand in it."""

from html.parser import HTMLParser
from typing import Any

VOID = {"csrfmiddlewaretoken"}


class FormReader(HTMLParser):
    """Collects every form of a page: action → list of (name, value) as they would be posted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[dict[str, Any], list[tuple[str, str]]]] = []
        self.disabled = 0
        self.select: tuple[str, list[str], list[str]] | None = None
        self.area: tuple[str, list[str]] | None = None
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.forms.append((told, []))
            self.open = True
        elif tag == "fieldset":
            self.disabled += 1 if "disabled" in told or self.disabled else 0
        elif tag == "input" and self.open and told.get("name") not in VOID:
            picked = told.get("type") not in ("radio", "checkbox") or "checked" in told
            if picked and told.get("type") != "file" and told.get("name"):
                self._add(told["name"], told.get("value") or "")
        elif tag == "select" and self.open:
            self.select = (told.get("name") or "", [], [])
        elif tag == "option" and self.select:
            self.select[1].append(told.get("value") or "")
            if "selected" in told:
                self.select[2].append(told.get("value") or "")
        elif tag == "textarea" and self.open:
            self.area = (told.get("name") or "", [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = False
        elif tag == "fieldset" and self.disabled:
            self.disabled -= 1
        elif tag == "select" and self.select:
            name, options, selected = self.select
            self._add(name, (selected or options or [""])[0])
            self.select = None
        elif tag == "textarea" and self.area:
            # A parser drops the first line end of a text area; browsers send line ends as CRLF.
            text = "".join(self.area[1]).removeprefix("\n").replace("\n", "\r\n")
            self._add(self.area[0], text)
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area[1].append(data)

    def _add(self, name: str, value: str) -> None:
        if self.forms and not self.disabled:
            self.forms[-1][1].append((name, value))


def fields_of(page: str, **attributes: str) -> dict[str, list[str]]:
    """Return the posted fields of the form that has these attributes (`id="campaign-form"`)."""
    reader = FormReader()
    reader.feed(page)
    for told, fields in reader.forms:
        if all(told.get(name) == value for name, value in attributes.items()):
            found: dict[str, list[str]] = {}
            for name, value in fields:
                found.setdefault(name, []).append(value)
            return found
    raise AssertionError(f"no form with {attributes}")
