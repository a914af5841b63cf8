"""Rule packs on pages: everybody of the brand reads them, an officer writes, tries and switches them."""

import pytest
from django.urls import reverse

from audits.house.queries import versions_of
from audits.house.starting import templates
from audits.models import CaseState, HousePack, HousePackVersion, PackState
from tests import factories
from tests.audits.house import QUIET, STRICTER, fresh, looked_at, switched_on, text, worked, written
from tests.conftest import acting, signed_in
from tests.portal.forms import fields_of

pytestmark = pytest.mark.django_db
UNPROVED = QUIET.replace('"09:00-22:00"', '"09:00-18:00"')
LIST = "/admin/audits/pack/"


def page_of(version):
    return reverse("admin:house_pack", args=[version.pack_id]) + f"?version={version.number}"


def to(name, version, *more):
    return reverse(f"admin:{name}", args=[version.pk, *more])


def typed(browser, pack, how="keep", address=LIST + "add/", **more):
    return browser.post(address, {"text": pack.replace("\n", "\r\n"), "how": how, **more})


def test_everybody_of_the_brand_reads_the_law_with_its_hash_dates_and_how_it_was_read(alice, northwind):
    listed = signed_in(alice).get(LIST).text
    assert "General Data Protection Regulation" in listed and "from memory" in listed and "in force from" in listed
    one = signed_in(alice).get(reverse("admin:law_pack", args=["GDPR"])).text
    assert "gdpr.7-1.proof" in one and "https://" in one and "Must hold" in one
    assert signed_in(alice).get(reverse("admin:law_pack", args=["No-Such"])).status_code == 404


def test_everybody_of_the_brand_reads_house_packs_and_finds_no_button(alice, northwind, olivia):
    version = looked_at(written(northwind))
    browser = signed_in(alice)
    assert "Quiet evenings" in browser.get(LIST).text and "New house pack" not in browser.get(LIST).text
    page = browser.get(page_of(version)).text
    assert "Nothing after nine in the evening" in page
    assert "Write the next version" not in page and "switch-on" not in page


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_only_an_officer_opens_what_changes_them(request, northwind, olivia, who):
    version = looked_at(written(northwind))
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(LIST + "add/").status_code == 403
    assert browser.get(reverse("admin:house_pack_edit", args=[version.pack_id])).status_code == 403
    assert browser.post(to("house_pack_look", version)).status_code == 403
    assert browser.post(to("house_pack_switch", version, "on"), {"sha256": version.sha256}).status_code == 403
    assert fresh(version).state == PackState.DRAFT


@pytest.mark.parametrize("template", [one.name for one in templates()])
def test_each_template_works_as_it_stands(olivia, northwind, template):
    browser = signed_in(olivia)
    fields = fields_of(browser.get(f"{LIST}add/?template={template}").text, id="pack-form")
    assert "as its examples say" in browser.post(LIST + "add/", fields | {"how": "check"}).text
    assert browser.post(LIST + "add/", fields | {"how": "keep"}).status_code == 302
    with acting(northwind):
        assert HousePackVersion.objects.get().fault == {}


def test_checking_keeps_nothing_and_shows_the_line_at_fault(olivia, northwind):
    answer = typed(signed_in(olivia), QUIET.replace("severity: block", "severity: [block]"), "check")
    assert answer.status_code == 422
    assert "Line 11" in answer.text and "severity: [block]" in answer.text
    with acting(northwind):
        assert not HousePack.objects.exists()


def test_what_was_typed_stays_on_the_page_when_it_cannot_be_kept(olivia, northwind):
    answer = typed(signed_in(olivia), "pack: <script>alert(1)</script> [")
    assert answer.status_code == 422
    assert "&lt;script&gt;alert(1)" in answer.text and "<script>alert(1)" not in answer.text


def test_a_pack_can_be_uploaded_as_a_file(olivia, northwind, tmp_path):
    file = tmp_path / "quiet.yaml"
    file.write_text(QUIET)
    with file.open("rb") as opened:
        answer = typed(signed_in(olivia), "", file=opened)
    assert answer.status_code == 302
    with acting(northwind):
        assert HousePackVersion.objects.get().text == QUIET


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"#" * 70_000])
def test_a_file_that_is_no_text_or_too_large_is_refused(olivia, northwind, tmp_path, content):
    file = tmp_path / "quiet.yaml"
    file.write_bytes(content)
    with file.open("rb") as opened:
        assert typed(signed_in(olivia), "", file=opened).status_code == 422


def test_a_pack_that_is_not_proved_says_so_and_cannot_be_tried(olivia, northwind):
    browser = signed_in(olivia)
    answer = typed(browser, UNPROVED)
    with acting(northwind):
        version = HousePackVersion.objects.select_related("pack").get()
    page = browser.get(answer["location"]).text
    assert "cannot be switched on" in page and "Line 6" in page
    assert to("house_pack_look", version) not in page


def test_from_dry_run_to_on_an_officer_sees_what_ends_and_what_stays(olivia, alice, northwind):
    case = factories.case_in_state(northwind, CaseState.APPROVED, campaign={"name": "Weekly letter"})
    version, browser = written(northwind, STRICTER), signed_in(olivia)
    assert browser.post(to("house_pack_look", version)).status_code == 302
    assert "data-poll" in browser.get(to("house_pack_progress", version)).text
    worked(northwind)
    assert "data-poll" not in browser.get(to("house_pack_progress", version)).text
    page = browser.get(page_of(version)).text
    assert "1 review or approval would not stand" in page and "Weekly letter" in page
    fields = fields_of(page, id="switch-on")
    after = browser.post(to("house_pack_switch", version, "on"), fields, follow=True).text
    assert "1 case is audited again" in after
    assert factories.fresh(case).state == CaseState.VOIDED
    assert "switched on" in signed_in(alice).get(reverse("admin:audits_case_change", args=[case.pk])).text
    assert "House pack: switched on" in browser.get(page_of(version)).text


def test_a_dry_run_that_is_out_of_date_offers_no_switch(olivia, northwind):
    version = looked_at(written(northwind))
    switched_on(northwind, text(pack="house-other", id="house.other"))
    page = signed_in(olivia).get(page_of(version)).text
    assert "Other rules are in use by now" in page and 'id="switch-on"' not in page


def test_an_officer_switches_a_pack_off(olivia, northwind):
    version = switched_on(northwind)
    answer = signed_in(olivia).post(to("house_pack_switch", version, "off"), follow=True)
    assert "It is off." in answer.text and fresh(version).state == PackState.OFF
    assert signed_in(olivia).post(to("house_pack_switch", version, "sideways")).status_code == 404


def test_two_versions_are_compared_rule_by_rule_and_line_by_line(alice, olivia, northwind):
    first, second = written(northwind), written(northwind, text(severity="human", title="Nothing late"))
    address = reverse("admin:house_pack_compare", args=[first.pack_id])
    page = signed_in(alice).get(f"{address}?old=1&new=2").text
    assert "changed" in page and "<dt>severity</dt>" in page and "-    severity: block" in page
    assert signed_in(alice).get(f"{address}?old=1&new=9").status_code == 404
    assert second.number == 2


def test_the_next_version_is_written_from_the_one_on_the_page(olivia, northwind):
    version, browser = written(northwind), signed_in(olivia)
    address = reverse("admin:house_pack_edit", args=[version.pack_id])
    fields = fields_of(browser.get(address).text, id="pack-form")
    assert fields["text"] == [QUIET.replace("\n", "\r\n")]
    assert typed(browser, QUIET.replace("house-quiet-evenings", "house-other"), address=address).status_code == 422
    assert typed(browser, text(title="Nothing late"), address=address).status_code == 302
    with acting(northwind):
        assert [one.number for one in versions_of(version.pack)] == [2, 1]


def test_the_form_of_a_campaign_shows_what_the_house_finds_at_once(alice, olivia, northwind):
    campaign = factories.campaign_of(northwind)
    address = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert "Messages may come after nine" not in signed_in(alice).get(address).text
    switched_on(northwind, STRICTER)
    assert "Messages may come after nine" in signed_in(alice).get(address).text


def test_charlie_sees_nothing_of_them_and_touches_none(charlie, olivia, northwind):
    version = looked_at(written(northwind))
    browser = signed_in(charlie)
    assert "Quiet evenings" not in browser.get(LIST).text
    for address in (page_of(version), to("house_pack_progress", version)):
        assert browser.get(address).status_code == 404
    assert browser.get(reverse("admin:house_pack_compare", args=[version.pack_id]) + "?old=1&new=1").status_code == 404
