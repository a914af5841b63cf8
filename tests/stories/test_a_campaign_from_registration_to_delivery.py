"""The main job, walked by each role in Chromium on the running platform, from an empty database to the last message.

Pictures of every step are kept in artefacts/stories/, wide and at 360 pixels.
"""

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.stories.stage import (
    PATIENCE_MILLISECONDS,
    Somebody,
    answers,
    answers_all_that_is_asked,
    clean_answers,
    opens_every_part,
    wait_until,
    waits_for_the_verdict,
)

pytestmark = pytest.mark.usefixtures("cast")
SOURCE, CAMPAIGN, KEY = "Shop accounts", "Autumn boots", "autumn-boots"
CUSTOMERS, BEFORE_DORA = 50, 40
AGREED = (date.today() - timedelta(days=90)).isoformat()
HEADER = "email,first_name,country,birth_year,newsletter,opted in on\n"
DORA = f"dora@example.org,Dora,GB,1980,yes,{AGREED}"
LEFT_IN_PEACE = {
    f"hugo@example.org,Hugo,GB,1975,no,{AGREED}": "The person said no to this use.",
    "ida@example.org,Ida,GB,1990,,": "There is no record that allows this use on this channel.",
    f"jo@example.org,Jo,GB,{date.today().year - 12},yes,{AGREED}": "too young",
    f"kai@example.org,Kai,FR,1985,yes,{AGREED}": "does not cover the country",
}
BAD_ROW = f"nobody at all,Nobody,GB,1980,yes,{AGREED}"
BAD_LINE = BEFORE_DORA + 2
TEXT = "Hello {{first_name|there}}, the boots are in.\nYour choices: {{preferences_url}}"
LINK = """
import sys, django
django.setup()
from kernel.tenancy import brand_context
from people.links import preference_link
from people.services import find_person
from tenants.models import Brand
brand = Brand.objects.get(slug="northwind")
with brand_context(brand.pk):
    print(preference_link(brand.pk, find_person(brand.pk, "email", sys.argv[1]).pk))
"""


def customer(number):
    return f"customer{number}@example.org"


def people_file():
    rows = [f"{customer(n)},Customer {n},GB,{1950 + n},yes,{AGREED}" for n in range(CUSTOMERS)]
    rows[BEFORE_DORA:BEFORE_DORA] = [BAD_ROW, *LEFT_IN_PEACE, DORA]
    return (HEADER + "\n".join(rows) + "\n").encode()


def campaign_answers():
    return clean_answers("campaign") | {
        "campaign.countries": ["GB"],
        "campaign.audience.size": CUSTOMERS + 1 + len(LEFT_IN_PEACE),
        "campaign.timing.local_hours": "00:00-24:00",
        "campaign.data_used.requested": ["email", "first_name"],
        "campaign.data_used.used": ["email", "first_name"],
    }


def test_a_campaign_is_registered_judged_approved_released_and_voided_by_an_edit(house, cast, browser):
    alice, bob, olivia, charlie = (cast[name] for name in ("alice", "bob", "olivia", "charlie"))
    alice.keeps("home on the first day")
    registers_a_source(alice)
    brings_people_in(alice)
    saves_half_a_campaign_and_finishes_it(alice)
    case = submits_and_watches_the_check(alice, house)
    cannot_decide(alice, case, "A compliance officer decides; nobody decides on their own work.")
    cannot_decide(bob, case, "A compliance officer decides")
    decides(olivia)
    release = clears_the_audience(alice, case)
    with Somebody("Dora", browser, house) as dora:
        delivers_while_dora_takes_her_consent_back(alice, dora, house)
    everybody_cleared_was_reached_once(house)
    shows_counts_and_chart(alice, release)
    an_edit_voids_the_approval(alice, case)
    sees_nothing_of_it(charlie, [case, release])
    for somebody in cast.values():
        somebody.has_nothing_to_complain_of()


def registers_a_source(alice):
    alice.opens("/admin/")
    alice.clicks("Add a data source", role="link")
    page = alice.page
    page.get_by_label("What do you call it?").fill(SOURCE)
    assert answers_all_that_is_asked(page, clean_answers("source")) > 20
    alice.keeps("registers a source")
    alice.clicks("Save")
    alice.sees("Saved.", "A draft is not delivered to.")
    alice.clicks("Activate")
    alice.sees("Done.")
    alice.keeps("has a source")


def brings_people_in(alice):
    alice.clicks("Import people", role="link")
    alice.page.get_by_label("File").set_input_files(
        {"name": "customers.csv", "mimeType": "text/csv", "buffer": people_file()}
    )
    alice.keeps("chooses a file")
    alice.clicks("Look at it first")
    alice.sees("Bring these people in", "only looked at: nothing was kept")
    problem = alice.page.get_by_role("row").filter(has_text=str(BAD_LINE)).first
    assert "email" in problem.inner_text()
    alice.keeps("sees what an import would do")
    alice.clicks("Bring these people in")
    alice.sees("See the people")
    new = alice.page.locator(".lt-figure").filter(has_text="People who are new").locator("b")
    assert new.inner_text() == str(CUSTOMERS + 1 + len(LEFT_IN_PEACE))
    alice.keeps("has brought people in")


def saves_half_a_campaign_and_finishes_it(alice):
    alice.opens("/admin/campaigns/campaign/add/")
    page = alice.page
    page.get_by_label("What do you call it?").fill(CAMPAIGN)
    answers(page, "campaign.purpose", "newsletter")
    alice.clicks("Save draft")
    alice.sees("Saved.")
    alice.keeps("half a campaign")
    alice.opens("/admin/")
    alice.keeps("home with a draft")
    alice.clicks(CAMPAIGN, role="link")
    answers_in_full(alice)
    alice.clicks("Save draft")
    alice.sees("Saved.")
    alice.keeps("a whole campaign")


def answers_in_full(alice):
    page, values = alice.page, campaign_answers()
    page.locator("label.lt-option", has_text=SOURCE).first.click()
    alice.sees("Questions still open")
    assert answers_all_that_is_asked(page, values) > 40
    assert page.locator("#verdict").get_by_text("Questions still open").count() == 0, page.locator("#verdict").inner_text()
    answers(page, "campaign.audience.opted_out_included", True)
    assert waits_for_the_verdict(page) == "blocked"
    alice.keeps("sees the verdict turn")
    answers(page, "campaign.audience.opted_out_included", False)
    assert waits_for_the_verdict(page) != "blocked"
    opens_every_part(page)
    page.get_by_label("Subject or headline").fill("The boots are in, {{first_name|friend}}")
    page.get_by_label("Plain text").fill(TEXT)
    page.locator("label.lt-option", has_text="Shop mailer").click()


def submits_and_watches_the_check(alice, house):
    with house.slow_worker():
        alice.clicks("Submit for review")
        alice.sees("is being checked")
        alice.keeps("watches the check")
    alice.sees("In review")
    return alice.page.url


def cannot_decide(somebody, case, why):
    somebody.opens(case)
    somebody.sees(why)
    assert somebody.page.get_by_role("button", name="Decide").count() == 0
    somebody.keeps("cannot decide")


def decides(olivia):
    olivia.opens("/admin/")
    olivia.sees("Waiting for your decision")
    olivia.keeps("home with a case")
    olivia.clicks(CAMPAIGN, role="link")
    measured = olivia.page.get_by_role("row").filter(has_text="How many people are in the audience?")
    assert str(CUSTOMERS + 1 + len(LEFT_IN_PEACE)) in measured.inner_text()
    olivia.keeps("sees measured beside declared")
    for box in olivia.page.locator("textarea[data-reason]").all():
        box.fill("Hugo said no and clearance leaves him out; the others are covered.")
    olivia.page.get_by_label("Your reason, in your own words").fill("A plain newsletter to people who asked for it.")
    olivia.page.locator("#decide input[name=kind][value=approve]").check()
    olivia.keeps("writes her reason")
    olivia.clicks("Decide")
    olivia.sees("Decided:")
    olivia.keeps("has approved")


def clears_the_audience(alice, case):
    alice.opens("/admin/")
    alice.keeps("home with an approval")
    alice.opens(case)
    alice.clicks("Release it", role="link")
    alice.page.get_by_label("Shop mailer").check()
    alice.keeps("chooses where it goes")
    alice.clicks("Clear the audience")
    alice.sees(f"Deliver to {CUSTOMERS + 1} people")
    alice.sees(*LEFT_IN_PEACE.values())
    alice.keeps("sees who is cleared")
    return alice.page.url


def delivers_while_dora_takes_her_consent_back(alice, dora, house):
    house.receiver.delay = 0.4
    link = house.python("-c", LINK, "dora@example.org").strip()
    alice.clicks(f"Deliver to {CUSTOMERS + 1} people")
    wait_until(lambda: len(house.arrived(KEY)) > 0)
    dora.opens(link)
    dora.keeps("looks at her choices")
    dora.clicks("Withdraw: Marketing messages by e-mail")
    dora.sees("Marketing messages by e-mail: stopped")
    dora.keeps("has taken her consent back")
    assert 0 < len(house.arrived(KEY)) < BEFORE_DORA, "she must say no while it runs"
    alice.keeps("watches the release")
    house.receiver.delay = 0.0
    dora.has_nothing_to_complain_of()


def everybody_cleared_was_reached_once(house):
    expected = {customer(number): 1 for number in range(CUSTOMERS)}
    wait_until(lambda: len(house.arrived(KEY)) >= CUSTOMERS, seconds=120)
    told = house.arrived(KEY)
    assert Counter(data["to"]["email"] for data in told) == expected
    first = told[0]
    assert first["content"]["subject"] == f"The boots are in, {first['fields']['first_name']}"
    assert first["links"]["preferences"] in first["content"]["text"]
    assert house.receiver.refused == 0


def shows_counts_and_chart(alice, release):
    alice.page.get_by_text(f"Done: {CUSTOMERS} people were reached").wait_for(timeout=PATIENCE_MILLISECONDS)
    gate = alice.page.locator("section", has_text="Held back at the gate, after clearance")
    assert "The person took their consent back." in gate.last.inner_text()
    alice.sees(*LEFT_IN_PEACE.values())
    chart = alice.page.locator("section", has_text="Clearance, by reason").locator("svg rect")
    assert chart.count() == 1 + len(LEFT_IN_PEACE)
    alice.keeps("sees it done")


def an_edit_voids_the_approval(alice, case):
    alice.opens(case)
    alice.clicks("Open the draft", role="link")
    alice.sees("Any change you save voids the approval")
    opens_every_part(alice.page)
    alice.page.get_by_label("Subject or headline").fill("Boots, boots, boots")
    alice.clicks("Save draft")
    alice.sees("Saved.")
    alice.keeps("has edited what was approved")
    alice.opens(case)
    alice.sees("This review no longer holds.")
    alice.keeps("sees that the approval is void")
    alice.opens("/admin/delivery/release/add/")
    alice.sees("Nothing is approved at the moment")
    alice.keeps("has nothing to release")


def sees_nothing_of_it(charlie, addresses):
    for path in ("", "campaigns/campaign/", "people/person/", "sources/datasource/", "delivery/release/", "search/?s=b"):
        charlie.opens(f"/admin/{path}")
        charlie.never_sees(CAMPAIGN, SOURCE, "Northwind", "Alice", "example.org")
    for address in addresses:
        assert charlie.context.request.get(address).status == 404
    charlie.opens("/admin/")
    charlie.keeps("sees nothing of it")
