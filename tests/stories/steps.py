"""Steps that several stories walk: each is what one of the cast does on the pages."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.registrations import exemplary, overlaid
from tests.stories.stage import House, Somebody

AGREED = (date.today() - timedelta(days=90)).isoformat()
HEADER = "email,first_name,country,birth_year,newsletter,opted in on\n"


def row(email: str, *, country: str = "GB", born: int = 1980, said: str = "yes") -> str:
    """A line of the file of people. Who said nothing has no day on which she said it."""
    name = email.partition("@")[0].title()
    return f"{email},{name},{country},{born},{said},{AGREED if said else ''}"


def people_file(rows: Sequence[str]) -> bytes:
    return (HEADER + "\n".join(rows) + "\n").encode()


def letter(key: str, source: str, **overlay: Any) -> dict[str, Any]:
    """The registration document of Northwind's plain letter: at any hour, to people in the United Kingdom."""
    clean = exemplary()
    own = {
        "brand": {"name": "Northwind Shoes", "country": "GB", "sector": "retail"},
        "sources": [{**clean["sources"][0], "key": source, "name": source.title()}],
        "campaign": {
            "key": key, "name": key.replace("-", " ").title(), "sources": [source], "countries": ["GB"],
            "timing": {"local_hours": "00:00-24:00"},
            "data_used": {"requested": ["email", "first_name"], "used": ["email", "first_name"]},
        },
        "content": {"subject": "Hello {{first_name|there}}", "text": "Your choices: {{preferences_url}}"},
    }  # fmt: skip
    return overlaid(overlaid(clean, own), overlay)


def registers_by_command(house: House, folder: Path, document: dict[str, Any], by: str) -> None:
    """Register a document from a file, as from the brand's own repository."""
    path = folder / "registration.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    said = house.manage("register", str(path), "--brand", "northwind", "--by", by)
    assert f"campaign {document['campaign']['key']} made" in said, said


def opens_a_source(somebody: Somebody, source: str) -> None:
    somebody.opens(f"/admin/sources/datasource/by-key/?key={source}")


def activates(somebody: Somebody) -> None:
    somebody.clicks("Activate")
    somebody.sees("Done.")


def looks_at_a_file(somebody: Somebody, rows: Sequence[str]) -> None:
    somebody.clicks("Import people", role="link")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": people_file(rows)}
    somebody.page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    somebody.clicks("Look at it first")
    somebody.sees("Bring these people in")


def brings_in(somebody: Somebody, people: int) -> None:
    somebody.clicks("Bring these people in")
    somebody.sees("See the people")
    new = somebody.page.locator(".lt-figure").filter(has_text="People who are new").locator("b")
    assert new.inner_text() == str(people)


def fills_a_source(somebody: Somebody, source: str, rows: Sequence[str]) -> None:
    opens_a_source(somebody, source)
    activates(somebody)
    looks_at_a_file(somebody, rows)
    brings_in(somebody, len(rows))


def submits(somebody: Somebody, campaign: str) -> str:
    """Submit and wait for the check; returns the address of the case."""
    somebody.opens(f"/admin/campaigns/campaign/by-key/?key={campaign}")
    somebody.clicks("Submit for review")
    somebody.sees("In review")
    return somebody.page.url


def opens_from_home(officer: Somebody, name: str) -> None:
    officer.opens("/admin/")
    officer.sees("Waiting for your decision")
    officer.clicks(name, role="link")


def writes_reasons(officer: Somebody, reason: str) -> None:
    for fold in officer.page.locator("#unanswered:not([open]) > summary").all():
        fold.click()
    for box in officer.page.locator("textarea[data-reason]").all():
        box.fill("Clearance leaves out whoever said no; the others are covered.")
    officer.page.get_by_label("Your reason, in your own words").fill(reason)
    officer.page.locator("#decide input[name=kind][value=approve]").check()


def approves(officer: Somebody) -> None:
    officer.page.get_by_role("button", name="Decide", exact=True).click()
    officer.sees("Decided:")


def clears(somebody: Somebody, case: str) -> int:
    """Ask for a release to the shop mailer; returns how many people it may be delivered to."""
    somebody.opens(case)
    somebody.clicks("Release it", role="link")
    somebody.page.get_by_label("Shop mailer").check()
    somebody.clicks("Prepare the release")
    somebody.sees("Deliver to")
    button = somebody.page.get_by_role("button", name=re.compile("Deliver to")).first
    found = re.search(r"\d+", button.inner_text())
    assert found
    return int(found.group())


def delivers(somebody: Somebody) -> None:
    somebody.page.get_by_role("button", name=re.compile("Deliver to")).first.click()
