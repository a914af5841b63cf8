"""Law and light touch as pages: every campaign on one plane, the score from 100 down, proposals put in with one click."""

import json
import re
from datetime import timedelta
from html import unescape
from itertools import pairwise

import pytest

from campaigns.models import Campaign, Contribution
from kernel import clock
from portal.lighttouch import plane, positions, proposals, waterfall
from portal.verdicts import draft_verdict
from tests import factories
from tests.conftest import acting, signed_in
from tests.portal.forms import fields_of
from trail.models import Entry

pytestmark = pytest.mark.django_db
PLANE = "/admin/light-touch/"
FOLLOWED = {
    "recognition": {"path": "fingerprint", "expected": False, "crosses_sites": True},
    "trigger": {"kind": "cart", "delay_hours": 0.0, "exact_item": True},
    "timing": {"per_week": 9.0},
    "message": {"says_why": False, "open_tracking": True, "reveals_inference": True, "pressure": ["false_urgency"]},
}
ILLEGAL = {"audience": {"opted_out_included": True}}


def heavy(brand, key="basket", **campaign):
    return factories.campaign_of(brand, campaign={"key": key, "name": f"The {key}", **FOLLOWED, **campaign})


def page_of(user, path):
    answer = signed_in(user).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return unescape(answer.content.decode())


def own(campaign, name="light-touch"):
    return f"/admin/campaigns/campaign/{campaign.pk}/{name}/"


def verdict_of(campaign):
    with acting(campaign.brand):
        return draft_verdict(Campaign.objects.select_related("brand").get(pk=campaign.pk), clock.today())


class TestThePlane:
    def test_every_campaign_is_a_point_with_a_name_and_a_row_of_the_table(self, northwind, alice):
        made = [factories.campaign_of(northwind), heavy(northwind), heavy(northwind, "gone", **ILLEGAL)]
        page = page_of(alice, PLANE)
        points = re.findall(r'<a class="lt-point [^"]*" href="([^"]*)" aria-label="([^"]*)"', page)
        assert {href for href, _label in points} == {own(one) for one in made}
        for campaign in made:
            score = verdict_of(campaign)["should"]["score"]
            label = next(label for href, label in points if href == own(campaign))
            assert campaign.name in label and f"light touch {score} of 100" in label
            assert f'<th scope="row"><a href="{own(campaign)}">{campaign.name}</a></th>' in page

    def test_a_point_says_its_law_by_form_and_word_too(self, northwind, alice):
        heavy(northwind, **ILLEGAL)
        page = page_of(alice, PLANE)
        (label,) = re.findall(r'class="lt-point [^>]*aria-label="([^"]*)"', page)
        assert "Not allowed" in label and re.search(r'<a class="lt-point.*?<rect', page, re.S)

    def test_another_brand_sees_none_of_it(self, northwind, alice, charlie):
        campaign = heavy(northwind)
        page = page_of(charlie, PLANE)
        assert campaign.name not in page and "No campaign stands here yet" in page
        assert signed_in(charlie).get(own(campaign)).status_code == 404
        for name in ("apply", "undo"):
            assert signed_in(charlie).post(own(campaign, name), {"apply": "[]"}).status_code == 404

    def test_a_stranger_has_to_log_in_first(self, client, northwind):
        assert client.get(PLANE).status_code == 302

    def test_it_shows_where_checks_put_a_campaign_before(self, northwind, alice, held_clock):
        campaign = heavy(northwind)
        with clock.held(held_clock):
            case = factories.checked(factories.submitted(campaign))
        before = case.verdict["should"]["score"]
        with clock.held(held_clock + timedelta(days=3)), acting(northwind, alice) as by:
            lighter = proposals.applied(campaign.facts, [{"fact": "campaign.timing.per_week", "to": 1.0}])
            campaign = factories.edited(campaign, by=by, facts=lighter)
        with clock.held(held_clock + timedelta(days=4)):
            now = factories.checked(factories.submitted(campaign)).verdict["should"]["score"]
        assert now > before
        page = page_of(alice, PLANE)
        assert f"{now} of 100" in page and "lt-trail" in page and f"/admin/audits/case/{case.pk}/change/" in page
        assert "?on=2026-11-21" in page and "?on=2026-11-25" in page
        then = page_of(alice, f"{PLANE}?on=2026-11-22")
        assert f"{before} of 100" in then and f"{now} of 100" not in then
        assert "Nothing had been checked by that day" in page_of(alice, f"{PLANE}?on=2026-11-01")

    def test_a_draft_changed_after_its_check_stands_where_the_draft_puts_it(self, northwind, alice):
        campaign = heavy(northwind)
        factories.checked(factories.submitted(campaign))
        with acting(northwind, alice) as by:
            factories.edited(campaign, by=by, facts=factories.campaign_of(northwind).facts)
        with acting(northwind):
            (track,) = positions.register(northwind.pk, campaign.pk).tracks()
        assert (track.now.case_id, len(track.before), track.moved) == (None, 1, True)

    @pytest.mark.parametrize("on", ["", "yesterday", "2026-13-45", "' OR 1=1"])
    def test_a_day_that_is_none_is_today(self, northwind, alice, on):
        heavy(northwind)
        assert "This is how it stood" not in page_of(alice, f"{PLANE}?on={on}")


class Standing:
    """A campaign for the drawing alone."""

    name, pk = "x", None


def at(score, can="clear"):
    return positions.Track(Standing(), positions.Position(can, score, "light"))  # type: ignore[arg-type]


class TestTheDrawing:
    BANDS = {"light": 80, "mixed": 60}

    def test_points_never_lie_on_each_other_even_on_a_phone(self):
        drawn = plane.draw([at(score % 101, word) for score in range(0, 400, 3) for word in plane.LANES], **self.BANDS)
        apart = plane.NARROWEST / 100
        for one in drawn.points:
            for other in drawn.points:
                if one.number < other.number:
                    assert abs(one.x - other.x) * apart >= plane.ROW * 0.99 or abs(one.y - other.y) >= plane.ROW

    def test_every_point_lies_in_the_lane_of_its_law_and_right_is_lighter(self):
        drawn = plane.draw([at(10), at(90), at(50, "blocked"), at(50, "needs_human")], **self.BANDS)
        lanes = {lane.word: lane for lane in drawn.lanes}
        for point in drawn.points:
            lane = lanes[point.place.can]
            assert lane.y < point.y < lane.y + lane.height <= drawn.height
        assert drawn.points[0].x < drawn.points[1].x
        assert [lane.word for lane in drawn.lanes] == ["clear", "needs_human", "blocked"]

    def test_what_cannot_be_judged_is_no_point(self):
        nowhere = positions.Track(Standing(), None)  # type: ignore[arg-type]
        assert plane.draw([nowhere], **self.BANDS).points == ()


class TestTheWaterfall:
    def test_it_leads_from_100_to_the_score_step_by_step(self, northwind):
        for campaign in (factories.campaign_of(northwind), heavy(northwind)):
            should = verdict_of(campaign)["should"]
            steps = waterfall.steps_of(should)
            assert (steps[0].after, steps[-1].after, steps[-1].kind) == (100, should["score"], "score")
            for before, step in pairwise(steps[:-1]):
                assert step.before == before.after
            assert steps[-2].after == should["score"]

    def test_a_verdict_kept_without_steps_is_told_by_its_factors(self):
        line = {"citations": [], "evidence": "A", "unknown": False, "scope": "campaign", "facts": {}}
        should = {
            "score": 60,
            "factors": [
                {**line, "factor": "a", "points": 40, "reason": "Much."},
                {**line, "factor": "b", "points": -30, "reason": "Good."},
            ],
            "caps": [{"limit": 60, "reason": "Never more."}],
        }
        told = [(step.kind, step.points, step.after) for step in waterfall.steps_of(should)]
        assert told == [
            ("start", 100, 100), ("factor", -40, 60), ("relief", 30, 90), ("cap", -30, 60), ("score", 60, 60),
        ]  # fmt: skip

    def test_each_step_shows_its_points_the_answer_it_rests_on_and_its_evidence(self, northwind, alice):
        campaign = heavy(northwind)
        page = page_of(alice, own(campaign))
        for line in verdict_of(campaign)["should"]["factors"]:
            assert str(abs(line["points"])) in page
        assert "Would the person expect to be recognised this way?" in page and "Studies" in page
        assert "How many points it is worth is this house's judgement" in page

    def test_what_was_not_answered_says_that_the_worst_counts(self, northwind, alice):
        campaign = heavy(northwind, recognition={"path": "fingerprint", "expected": None})
        assert "not answered: the worst counts" in page_of(alice, own(campaign))

    def test_the_officer_sees_it_with_the_case(self, northwind, olivia):
        case = factories.checked(factories.submitted(heavy(northwind)))
        page = page_of(olivia, f"/admin/audits/case/{case.pk}/change/")
        assert "From 100 down" not in page and "How the score comes about, from 100 down" in page
        assert "Apply to the draft" not in page


class TestProposals:
    def press(self, user, campaign, proposal, **more):
        data = {"apply": proposal.value, "revision": campaign.revision, **more}
        return signed_in(user).post(own(campaign, "apply"), data)

    def test_each_reaches_what_it_says_once_it_is_put_in(self, northwind):
        campaign = heavy(northwind)
        verdict = verdict_of(campaign)
        found = proposals.to_lighten(verdict)
        assert 1 <= len(found) <= 5
        for proposal in found:
            facts = proposals.applied(campaign.facts, proposals.read(proposal.value))
            campaign.facts, kept = facts, campaign.facts
            with acting(northwind):
                after = draft_verdict(campaign, clock.today())
            campaign.facts = kept
            assert (after["should"]["score"], after["should"]["verdict"]) == (proposal.score_after, proposal.band_after)
            assert proposal.score_after > proposal.score_before == verdict["should"]["score"]

    def test_before_and_after_stand_side_by_side(self, northwind, alice):
        campaign = heavy(northwind)
        page = page_of(alice, own(campaign))
        for proposal in proposals.to_lighten(verdict_of(campaign)):
            for change in proposal.changes:
                assert change.ask in page and change.new in page
            assert f"<b>{proposal.score_after}</b>" in page

    def test_one_click_changes_the_draft_as_any_edit_does(self, northwind, alice):
        campaign = heavy(northwind)
        proposal = proposals.to_lighten(verdict_of(campaign))[0]
        with acting(northwind):
            contributions = Contribution.objects.count()
        assert self.press(alice, campaign, proposal).status_code == 302
        assert verdict_of(campaign)["should"]["score"] == proposal.score_after
        with acting(northwind):
            assert Contribution.objects.count() == contributions + 1
            assert Entry.objects.filter(subject_id=campaign.pk, verb="campaign.edited").exists()

    def test_it_is_taken_back_with_one_click_and_all_is_as_before(self, northwind, alice):
        campaign = heavy(northwind)
        browser = signed_in(alice)
        proposal = proposals.to_lighten(verdict_of(campaign))[0]
        browser.post(own(campaign, "apply"), {"apply": proposal.value, "revision": campaign.revision})
        assert "Take it back" in browser.get(own(campaign, "change")).content.decode()
        assert browser.post(own(campaign, "undo")).status_code == 302
        with acting(northwind):
            now = Campaign.objects.get(pk=campaign.pk)
        assert (now.facts, now.revision) == (campaign.facts, campaign.revision + 2)
        assert "Take it back" not in browser.get(own(campaign, "change")).content.decode()

    def test_what_was_saved_since_is_never_taken_back_with_it(self, northwind, alice):
        campaign, browser = heavy(northwind), signed_in(alice)
        proposal = proposals.to_lighten(verdict_of(campaign))[0]
        browser.post(own(campaign, "apply"), {"apply": proposal.value, "revision": campaign.revision})
        with acting(northwind, alice) as by:
            now = Campaign.objects.get(pk=campaign.pk)
            factories.edited(now, by=by, name="Renamed")
        browser.post(own(campaign, "undo"))
        assert verdict_of(campaign)["should"]["score"] == proposal.score_after

    def test_from_the_form_what_is_typed_there_is_kept_too(self, northwind, alice):
        campaign, browser = heavy(northwind), signed_in(alice)
        page = browser.get(own(campaign, "change")).content.decode()
        fields = fields_of(page, id="campaign-form") | {"name": ["Typed, not saved"]}
        proposal = proposals.to_lighten(verdict_of(campaign))[0]
        answer = browser.post(own(campaign, "apply"), fields | {"apply": proposal.value})
        assert answer.url == own(campaign, "change")
        with acting(northwind):
            assert Campaign.objects.get(pk=campaign.pk).name == "Typed, not saved"
        assert verdict_of(campaign)["should"]["score"] == proposal.score_after

    def test_the_live_verdict_offers_them_for_what_stands_on_the_form(self, northwind, alice):
        campaign, browser = heavy(northwind), signed_in(alice)
        fields = fields_of(browser.get(own(campaign, "change")).content.decode(), id="campaign-form")
        part = browser.post(own(campaign, "verdict"), fields).content.decode()
        assert f'formaction="{own(campaign, "apply")}"' in part

    def test_a_copy_that_is_not_the_newest_is_refused(self, northwind, alice, bob):
        campaign = heavy(northwind)
        proposal = proposals.to_lighten(verdict_of(campaign))[0]
        with acting(northwind, alice) as by:
            factories.edited(campaign, by=by, name="Renamed meanwhile")
        self.press(alice, campaign, proposal, revision=campaign.revision - 1)
        assert verdict_of(campaign)["should"]["score"] == proposal.score_before

    @pytest.mark.parametrize(
        "value",
        ["", "{}", "[]", "nonsense", '[{"fact":"source.origin","to":"declared"}]', '[{"fact":"campaign.nothing","to":1}]',
         '[{"fact":"campaign.timing.per_week"}]', "[1]", '[{"fact":["x"],"to":1}]'],
    )  # fmt: skip
    def test_what_is_no_change_of_the_plan_changes_nothing(self, northwind, alice, value):
        campaign = heavy(northwind)
        assert signed_in(alice).post(own(campaign, "apply"), {"apply": value}).status_code == 302
        with acting(northwind):
            assert Campaign.objects.get(pk=campaign.pk).revision == campaign.revision

    def test_an_answer_outside_the_catalogue_is_refused_as_on_any_path(self, northwind, alice):
        campaign = heavy(northwind)
        value = '[{"fact":"campaign.recognition.path","to":"magic"}]'
        signed_in(alice).post(own(campaign, "apply"), {"apply": value})
        with acting(northwind):
            assert Campaign.objects.get(pk=campaign.pk).revision == campaign.revision

    def test_who_may_not_edit_is_offered_no_button_and_refused(self, northwind, alice, olivia, bob):
        campaign = heavy(northwind)
        proposal = proposals.to_lighten(verdict_of(campaign))[0]
        assert "Apply to the draft" not in page_of(olivia, own(campaign))
        assert self.press(olivia, campaign, proposal).status_code == 403
        self.press(bob, campaign, proposal)
        assert verdict_of(campaign)["should"]["score"] == proposal.score_before

    def test_an_approval_is_void_after_it_as_after_any_edit(self, northwind, alice):
        case = factories.approved_case(northwind, campaign=FOLLOWED | {"message": {"says_why": False}})
        campaign = case.version.campaign
        changed = [{"fact": "campaign.message.says_why", "to": True}]
        value = json.dumps(changed)
        signed_in(alice).post(own(campaign, "apply"), {"apply": value, "revision": campaign.revision})
        assert factories.fresh(case).state == "voided"


def test_putting_in_touches_nothing_that_is_given():
    answers = {"timing": {"per_week": 9.0}, "promotional": True}
    changed = proposals.applied(answers, [
        {"fact": "campaign.timing.per_week", "to": None}, {"fact": "campaign.message.says_why", "to": True}
    ])  # fmt: skip
    assert changed == {"promotional": True, "message": {"says_why": True}}
    assert answers == {"timing": {"per_week": 9.0}, "promotional": True}


class TestWhyPeopleGetIt:
    def test_the_page_shows_what_most_would_read_in_all_languages(self, northwind, alice):
        campaign = factories.campaign_of(northwind)
        factories.people_with_consent(northwind, 3)
        factories.people_with_consent(northwind, 1, state=None, prefix="silent")
        page = page_of(alice, own(campaign))
        assert "Of the first 4 people of the audience, 3 have a record" in page
        assert "You get this because you agreed to it on" in page and "Sie erhalten dies, weil" in page

    def test_where_nobody_can_be_told_it_says_so(self, northwind, alice):
        campaign = factories.campaign_of(northwind)
        factories.people_with_consent(northwind, 2, state="withdrawn")
        assert "None of the first 2 people" in page_of(alice, own(campaign))

    def test_a_draft_that_reaches_nobody_yet_says_nothing(self, northwind, alice):
        page = page_of(alice, own(factories.campaign_of(northwind, campaign={"purpose": None, "channels": None})))
        assert "Why people get it" not in page


class TestStricterWithItself:
    BRAND = "/admin/tenants/brand/own/"

    def save(self, user, light, mixed):
        return signed_in(user).post(f"{self.BRAND}bands/", {"light_from": light, "mixed_from": mixed}, follow=True)

    def test_the_owner_sets_her_brands_bands_and_the_plane_follows(self, northwind, alice):
        campaign = factories.campaign_of(northwind)
        score = verdict_of(campaign)["should"]["score"]
        assert "Saved." in self.save(alice, score + 1, 70).content.decode()
        assert 'value="70"' in page_of(alice, self.BRAND)
        page = page_of(alice, PLANE)
        assert f"light touch {score} of 100: Mixed" in page and f">{score + 1}</text>" in page
        assert f"light from {score + 1}, mixed from 70" in page_of(alice, own(campaign))

    @pytest.mark.parametrize(
        ("light", "mixed"), [("70", "60"), ("80", "50"), ("85", "90"), ("101", "60"), ("x", "60"), ("", "")]
    )
    def test_milder_is_refused_and_nothing_is_kept(self, northwind, alice, light, mixed):
        assert "Not saved" in self.save(alice, light, mixed).content.decode()
        northwind.refresh_from_db()
        assert northwind.bands == {"light": 80, "mixed": 60}

    def test_only_the_owner_sets_them(self, northwind, bob, olivia):
        for user in (bob, olivia):
            assert self.save(user, 90, 70).status_code == 403

    def test_another_brand_keeps_its_own(self, northwind, contoso, alice, charlie):
        self.save(charlie, 95, 70)
        northwind.refresh_from_db()
        assert northwind.bands == {"light": 80, "mixed": 60}
