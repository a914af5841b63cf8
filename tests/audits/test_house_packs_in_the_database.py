"""What the database itself holds about house packs, whoever writes the SQL as the application's role."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from audits.models import CaseState, Confirmation, HousePack, HousePackVersion
from kernel import clock
from kernel.ids import new_id
from tests import factories
from tests.audits.house import QUIET, fresh, looked_at, switched_on, written
from tests.conftest import acting

pytestmark = pytest.mark.django_db


def refused(brand, user, statement, *values):
    """Whether the database refuses a statement for its user's sake."""
    with acting(brand, user):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
        except DatabaseError as error:
            assert error.__cause__.sqlstate == "42501", error
            return True
    return False


@pytest.fixture
def version(northwind, olivia):
    return looked_at(written(northwind))


SWITCH = "UPDATE audits_housepackversion SET state = %s, switched_by_id = %s, switched_at = now() WHERE id = %s"
COPY = """
INSERT INTO audits_housepackversion
      (id, brand_id, pack_id, number, title, text, sha256, fault, state, written_by_id, written_at)
SELECT %s, brand_id, pack_id, 2, title, %s, %s, '{}', %s, %s, written_at FROM audits_housepackversion WHERE id = %s
"""


def test_only_an_officer_switches_and_only_in_her_own_name(northwind, version, alice, olivia):
    assert refused(northwind, alice, SWITCH, "on", alice.pk, version.pk)
    assert refused(northwind, alice, SWITCH, "on", olivia.pk, version.pk)
    assert refused(northwind, None, SWITCH, "on", olivia.pk, version.pk)
    assert not refused(northwind, olivia, SWITCH, "on", olivia.pk, version.pk)


def test_only_an_officer_writes_and_only_drafts_with_their_own_fingerprint(northwind, version, alice, olivia):
    text = "pack: house-other"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    assert refused(northwind, alice, COPY, new_id(), text, sha256, "draft", alice.pk, version.pk)
    assert refused(northwind, olivia, COPY, new_id(), text, sha256, "on", olivia.pk, version.pk)
    assert refused(northwind, olivia, COPY, new_id(), text, "0" * 64, "draft", olivia.pk, version.pk)
    assert not refused(northwind, olivia, COPY, new_id(), text, sha256, "draft", olivia.pk, version.pk)


@pytest.mark.parametrize("change", ["text = 'x'", "sha256 = repeat('0', 64)", "number = 7", "fault = '{\"a\": 1}'"])
def test_what_was_written_never_changes(northwind, version, olivia, change):
    assert refused(northwind, olivia, f"UPDATE audits_housepackversion SET {change} WHERE id = %s", version.pk)


def test_a_version_moves_only_as_its_life_cycle_says(northwind, version, olivia):
    for state in ("off", "replaced", "draft"):
        assert refused(northwind, olivia, SWITCH, state, olivia.pk, version.pk)


def test_nothing_is_deleted(northwind, version, olivia):
    assert refused(northwind, olivia, "DELETE FROM audits_housepackversion WHERE id = %s", version.pk)
    assert refused(northwind, olivia, "DELETE FROM audits_housepack WHERE id = %s", version.pack_id)


def confirm(case, user, rules):
    with acting(case.brand, user):
        try:
            with transaction.atomic():
                Confirmation.objects.create(
                    brand=case.brand, case=case, packs=rules, sha256="1" * 64, officer=user, confirmed_at=clock.now()
                )
        except DatabaseError as error:
            return str(error.__cause__.diag.message_primary)
    return ""


def test_a_confirmation_is_an_officers_and_carries_no_case_over_a_change_of_the_law(northwind, alice, olivia):
    case = factories.case_in_state(northwind, CaseState.APPROVED)
    on = fresh(switched_on(northwind))
    judged = case.verdict["packs"]
    in_use = judged | {"house-quiet-evenings": f"sha256:{on.sha256}"}
    assert "only an officer" in confirm(case, alice, in_use)
    assert "change of the law" in confirm(case, olivia, in_use | {"GDPR": "sha256:new"})
    assert "that are on" in confirm(case, olivia, judged)
    assert "that are on" in confirm(case, olivia, in_use | {"house-quiet-evenings": "sha256:other"})
    assert confirm(case, olivia, in_use) == ""


def test_a_case_that_is_closed_is_not_confirmed(northwind, olivia):
    case = factories.case_in_state(northwind, CaseState.REFUSED)
    assert "stands" in confirm(case, olivia, case.verdict["packs"])


def test_another_brand_sees_no_row_and_writes_none(northwind, version, contoso, charlie):
    with acting(contoso, charlie):
        assert not HousePack.objects.exists() and not HousePackVersion.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute(SWITCH, ("on", charlie.pk, version.pk))
            assert cursor.rowcount == 0
    assert fresh(version).text == QUIET
