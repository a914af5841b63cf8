"""Percy, a partner, does by REST what the others do on pages: registers, submits, reads, reports, asks and pulls."""

from datetime import UTC, datetime

import pytest
import urllib3

from tests.stories import steps
from tests.stories.stage import Somebody, wait_until

CAMPAIGN, SOURCE = "percys-letter", "percys-readers"
NORA, OTIS, PIA = "nora@example.org", "otis@example.org", "pia@example.org"


class Partner:
    """Somebody with a client id and a secret, who speaks HTTP and nothing else."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        self.url, self.count = url, 0
        fields = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        answer = urllib3.request("POST", f"{url}/oauth/token", fields=fields)
        assert answer.status == 200, answer.data
        self.token = answer.json()["access_token"]

    def call(self, method, path, body=None, *, status):
        self.count += 1
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"percy {self.count}"}
        answer = urllib3.request(method, f"{self.url}/api/v1/{path}", json=body, headers=headers, retries=False)
        assert answer.status == status, answer.data
        return answer.json()

    def asks_about(self, email):
        who = {"kind": "email", "value": email}
        told = self.call("POST", "decisions", {"campaign": CAMPAIGN, "channel": "email", "identifier": who}, status=200)
        return told["cleared"], told["reason"]

    def verdict(self):
        return self.call("GET", f"campaigns/{CAMPAIGN}/verdict", status=200)


@pytest.fixture
def percy(house, cast) -> Partner:
    """Alice makes him an API client and hands him what is shown this once."""
    alice: Somebody = cast["alice"]
    alice.opens("/admin/tenants/apiclient/add/")
    alice.page.get_by_label("Who is it for?").fill("Percy")
    alice.page.get_by_role("button", name="Create", exact=True).click()
    alice.keeps("gives percy his secret")
    return Partner(house.url, alice.page.locator("#client-id").inner_text(), alice.page.locator("#secret").inner_text())


def said(name, email, state):
    return {
        "id": name, "identifier": {"kind": "email", "value": email}, "purpose": "direct_marketing", "channel": "email",
        "state": state, "happened_at": datetime.now(UTC).isoformat(), "source": SOURCE, "method": "opt_in",
    }  # fmt: skip


def test_a_partner_registers_reports_consent_asks_and_pulls_the_audience(percy, cast):
    alice, olivia = cast["alice"], cast["olivia"]
    registered = percy.call("POST", "registrations", steps.letter(CAMPAIGN, SOURCE), status=201)
    assert registered["verdict"]["can"]["verdict"] in ("clear", "needs_human")
    steps.fills_a_source(alice, SOURCE, [steps.row(one, said="") for one in (NORA, OTIS, PIA)])
    reports_what_they_said(percy)
    submitted = percy.call("POST", f"campaigns/{CAMPAIGN}/submissions", status=202)
    wait_until(lambda: percy.verdict()["case"]["state"] == "in_review")
    assert percy.verdict()["measured"]["audience_size"] == 3
    steps.opens_from_home(olivia, "Percys Letter")
    olivia.keeps("looks at percys campaign")
    steps.writes_reasons(olivia, "Percy's readers asked for it.")
    steps.approves(olivia)
    told = percy.verdict()
    assert (told["case"]["id"], told["decision"]["kind"]) == (submitted["id"], "approve")
    pulls_whoever_is_cleared(percy)


def reports_what_they_said(percy):
    events = [said("1", NORA, "given"), said("2", OTIS, "given"), said("3", PIA, "refused")]
    results = percy.call("POST", "consent-events", {"events": events}, status=200)["results"]
    assert [(one["status"], one["effective"]) for one in results] == [("recorded", True)] * 3


def pulls_whoever_is_cleared(percy):
    assert percy.asks_about(NORA) == (True, "cleared")
    assert percy.asks_about(PIA) == (False, "refused")
    assert percy.asks_about("nobody@example.org") == (False, "no_basis")
    percy.call("POST", "consent-events", {"events": [said("4", OTIS, "withdrawn")]}, status=200)
    assert percy.asks_about(OTIS) == (False, "withdrawn")
    pulled = percy.call("POST", f"campaigns/{CAMPAIGN}/audience", {"limit": 10}, status=200)
    assert [(one["to"], one["content"]["subject"]) for one in pulled["people"]] == [({"email": NORA}, "Hello Nora")]
    assert pulled["held_back"] == {"refused": 1, "withdrawn": 1}
    again = percy.call("POST", f"campaigns/{CAMPAIGN}/audience", {"limit": 10}, status=200)
    assert (again["people"], again["complete"]) == ([], True), "nobody comes twice"
