"""`manage.py register`: the documents of a brand's own repository, all of them or none."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits.models import Case
from campaigns.models import Campaign, Contribution
from campaigns.services import register_document
from kernel import clock
from kernel.tenancy import brand_context
from sources.models import DataSource
from tests.campaigns.conftest import a_document
from tests.conftest import acting
from tests.registrations import overlaid


@pytest.fixture
def folder(tmp_path):
    def write(name, found):
        path = tmp_path / name
        path.write_text(found if isinstance(found, str) else json.dumps(found), encoding="utf-8")
        return str(path)

    return write


def run(*arguments):
    out = StringIO()
    call_command("register", *arguments, stdout=out)
    return out.getvalue().splitlines()


def counts(brand):
    with brand_context(brand.pk):
        return DataSource.objects.count(), Campaign.objects.count()


def test_it_tells_what_was_made_and_the_second_time_that_nothing_changed(northwind, folder):
    path = folder("spring.yaml", a_document())
    assert run(path, "--brand", "northwind") == [f"{path}: source main made", f"{path}: campaign spring made"]
    assert run(path, "--brand", "northwind") == [f"{path}: source main unchanged", f"{path}: campaign spring unchanged"]


def test_it_tells_what_was_changed(northwind, folder):
    run(folder("spring.json", a_document()), "--brand", "northwind")
    path = folder("spring.json", overlaid(a_document(), {"campaign": {"name": "Spring 2027"}}))
    assert run(path, "--brand", "northwind")[1] == f"{path}: campaign spring changed"


def test_documents_may_share_a_source(northwind, folder):
    autumn = overlaid(a_document(), {"campaign": {"key": "autumn"}})
    told = run(folder("a.yaml", a_document()), folder("b.yaml", autumn), "--brand", "northwind")
    assert [line.rpartition(" ")[2] for line in told] == ["made", "made", "unchanged", "made"]


def test_documents_that_contradict_each_other_are_refused(northwind, folder):
    first = folder("a.yaml", a_document())
    second = folder("b.yaml", overlaid(a_document(), {"campaign": {"key": "autumn"}}) | {"sources": [{"key": "main"}]})
    with pytest.raises(CommandError, match=r"b\.yaml: source main reads otherwise than in .*a\.yaml"):
        run(first, second, "--brand", "northwind")
    assert counts(northwind) == (0, 0)


def test_every_fault_of_every_file_is_told_with_place_found_and_expected_and_nothing_enters(northwind, folder):
    good = folder("good.yaml", a_document())
    bad = folder("bad.yaml", "registration: 1\ncampaign:\n  key: x\n  purpose: fun\n")
    with pytest.raises(CommandError) as caught:
        run(good, bad, folder("worse.yaml", "a: [b"), "/nowhere.yaml", "--brand", "northwind")
    text = str(caught.value)
    assert f"{bad}: campaign.purpose (line 4): found 'fun', expected one of newsletter, " in text
    assert "worse.yaml" in text and "/nowhere.yaml" in text and text.endswith("Nothing was registered.")
    assert counts(northwind) == (0, 0)


def test_a_file_that_is_refused_takes_the_files_before_it_back(northwind, folder):
    good = folder("good.yaml", a_document())
    bad = folder("bad.yaml", overlaid(a_document(), {"campaign": {"key": "autumn"}, "brand": {"country": "DE"}}))
    with pytest.raises(CommandError, match=r"bad\.yaml: brand\.country: found 'DE', expected “GB”"):
        run(good, bad, "--brand", "northwind")
    assert counts(northwind) == (0, 0)


def test_who_registers_is_recorded(northwind, alice, folder):
    run(folder("spring.yaml", a_document()), "--brand", "northwind", "--by", "Alice@northwind.example")
    with acting(northwind):
        assert Contribution.objects.filter(what="registered").get().user_id == alice.pk


@pytest.mark.parametrize("who", ["olivia", "charlie"])
def test_who_may_not_register_may_not_here_either(request, northwind, folder, who):
    user = request.getfixturevalue(who)
    with pytest.raises(CommandError, match="You may not register"):
        run(folder("spring.yaml", a_document()), "--brand", "northwind", "--by", user.email)


def test_an_unknown_brand_or_user_is_named(northwind, folder):
    path = folder("spring.yaml", a_document())
    with pytest.raises(CommandError, match=r"no brand “contoso” \(there is: northwind\)"):
        run(path, "--brand", "contoso")
    with pytest.raises(CommandError, match=r"no user nobody@example\.org"):
        run(path, "--brand", "northwind", "--by", "nobody@example.org")


def test_submitting_opens_a_case_once(northwind, alice, folder):
    path = folder("spring.yaml", a_document())
    for _again in range(2):
        told = run(path, "--brand", "northwind", "--by", alice.email, "--submit")
        assert told[2] == f"{path}: campaign spring submitted (checking)"
    with acting(northwind):
        assert Case.objects.get().submitted_by_id == alice.pk


def test_a_campaign_that_cannot_be_submitted_is_not_registered_either(northwind, bob, folder):
    with acting(northwind) as by:
        register_document(brand=northwind, document=a_document(), by=by, at=clock.now())
    mine = folder("mine.yaml", overlaid(a_document(), {"campaign": {"key": "bobs"}}))
    with pytest.raises(CommandError, match="You may not edit the campaign “Spring”"):
        run(mine, folder("not-mine.yaml", a_document()), "--brand", "northwind", "--by", bob.email, "--submit")
    assert counts(northwind) == (1, 1)
    with acting(northwind):
        assert not Case.objects.exists()
