"""The main job, walked by each role in Chromium on the running platform, from an empty database to the last message.

Pictures of every step are kept in artefacts/stories/, wide and at 360 pixels.
"""

import re
from collections import Counter
from datetime import date

from tests.stories import steps
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

SOURCE, CAMPAIGN, KEY = "Shop accounts", "Autumn boots", "autumn-boots"
CUSTOMERS, BEFORE_DORA = 50, 40
GROWN_UP = date.today().year - 19
CHILD = steps.row("jo@example.org", born=GROWN_UP + 7)
LEFT_IN_PEACE = {
    steps.row("hugo@example.org", said="no"): "The person said no to this use.",
    steps.row("ida@example.org", said=""): "There is no record that allows this use on this channel.",
    steps.row("kai@example.org", country="FR"): "The approval does not cover the country where the person lives.",
}
AUDIENCE = CUSTOMERS + 1 + len(LEFT_IN_PEACE)
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


def rows():
    """Forty customers, a row that nobody can read, those who must not be reached, Dora, and ten more customers."""
    found = [steps.row(customer(number), born=1950 + number) for number in range(CUSTOMERS)]
    found[BEFORE_DORA:BEFORE_DORA] = ["nobody at all,,,,,", *LEFT_IN_PEACE, CHILD, steps.row("dora@example.org")]
    return found


def campaign_answers():
    return clean_answers("campaign") | {
        "campaign.countries": ["GB"],
        "campaign.audience.size": AUDIENCE,
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
    finds_it_on_the_plane(alice)
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
    steps.activates(alice)
    alice.keeps("has a source")


def brings_people_in(alice):
    steps.looks_at_a_file(alice, rows())
    alice.sees("only looked at: nothing was kept")
    problem = alice.page.get_by_role("row").filter(has_text="not an e-mail address")
    assert problem.inner_text().split()[:2] == [str(BEFORE_DORA + 2), "email"]
    alice.keeps("sees what an import would do")
    steps.brings_in(alice, AUDIENCE + 1)
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
    page.locator("#verdict #questions").wait_for()
    assert answers_all_that_is_asked(page, values) > 40
    assert page.locator("#verdict #questions").count() == 0, page.locator("#verdict").inner_text()
    answers(page, "campaign.audience.opted_out_included", True)
    assert waits_for_the_verdict(page) == "blocked"
    alice.keeps("sees the verdict turn")
    answers(page, "campaign.audience.opted_out_included", False)
    assert waits_for_the_verdict(page) != "blocked"
    opens_every_part(page)
    says_whom_it_reaches(alice)
    page.get_by_label("Subject or headline").fill("The boots are in, {{first_name|friend}}")
    page.get_by_label("Plain text").fill(TEXT)
    page.locator("label.lt-option", has_text="Shop mailer").click()


def says_whom_it_reaches(alice):
    alice.page.get_by_label("What is compared").first.select_option(label="Year of birth")
    alice.page.get_by_label("How it is compared").first.select_option(label="is at most")
    alice.page.get_by_label("Compared with").first.fill(str(GROWN_UP))
    waits_for_the_verdict(alice.page)
    reach = alice.page.locator("#verdict .lt-row", has_text="People it reaches")
    assert reach.locator("b").inner_text() == str(AUDIENCE), "Jo is a child"


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
    olivia.keeps("home with a case")
    steps.opens_from_home(olivia, CAMPAIGN)
    olivia.page.locator("#measured > summary").click()
    measured = olivia.page.get_by_role("row").filter(has_text="How many people are in the audience?")
    assert measured.inner_text().split().count(str(AUDIENCE)) == 2, "measured, and declared"
    refused = olivia.page.get_by_role("row").filter(has_text="How many of them refused?")
    assert "disagrees" in refused.inner_text()
    olivia.keeps("sees measured beside declared")
    steps.writes_reasons(olivia, "A plain newsletter to people who asked for it.")
    olivia.keeps("writes her reason")
    steps.approves(olivia)
    olivia.keeps("has approved")


def finds_it_on_the_plane(alice):
    alice.opens("/admin/light-touch/")
    point = alice.page.get_by_role("link", name=re.compile(f"{CAMPAIGN}.*light touch .* of 100"))
    alice.keeps("sees the plane")
    point.focus()
    alice.page.keyboard.press("Enter")
    alice.sees("From 100 down", "Why people get it", "You get this because you agreed to it on")
    alice.keeps("sees where the score comes from")


def clears_the_audience(alice, case):
    alice.opens("/admin/")
    alice.keeps("home with an approval")
    assert steps.clears(alice, case) == CUSTOMERS + 1
    alice.sees(*LEFT_IN_PEACE.values())
    alice.keeps("sees who is cleared")
    return alice.page.url


def delivers_while_dora_takes_her_consent_back(alice, dora, house):
    house.receiver.delay = 0.4
    link = house.python("-c", LINK, "dora@example.org").strip()
    steps.delivers(alice)
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
    assert all(f"(source: {SOURCE}," in data["explanation"] for data in told)
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
    hers = (CAMPAIGN, SOURCE, "Northwind", "Alice", "example.org")
    for path in (
        "",
        "campaigns/campaign/",
        "people/person/",
        "sources/datasource/",
        "delivery/release/",
        "light-touch/",
    ):
        charlie.opens(f"/admin/{path}")
        charlie.never_sees(*hers)
    found = charlie.context.request.get("/admin/search/?s=boots").text()
    assert not [word for word in hers if word in found]
    for address in addresses:
        assert charlie.context.request.get(address).status == 404
    charlie.opens("/admin/")
    charlie.keeps("sees nothing of it")
