"""Nobody approves their own work: what the database itself refuses, whoever writes the SQL.

Everything here is SQL as the application's role: no service, no permission check in Python stands before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from audits import guards
from audits.models import Case, CaseState
from campaigns.models import CampaignVersion
from kernel.tenancy import brand_context, user_context
from kernel.tenancy.context import sign
from tenants.models import Brand, Membership, Role, User
from tests import database
from tests.audits import staging
from tests.conftest import acting, make_member


@pytest.fixture
def case(northwind: Brand, alice: User, bob: User) -> Case:
    return staging.checked(staging.submitted(staging.draft(northwind, alice, bob), alice))


def run(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def decide(
    case: Case, officer: User, *, kind: str = "approve", sha256: str = staging.SHA256, reason: str = "Fine."
) -> int:
    return run(
        "INSERT INTO audits_decision (id, brand_id, case_id, officer_id, kind, reason, reasons, sha256, decided_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, '{}', %s, now())",
        *(uuid4(), case.brand_id, case.pk, officer.pk, kind, reason, sha256),
    )


def set_state(case: Case, state: str) -> int:
    return run("UPDATE audits_case SET state = %s WHERE id = %s", state, case.pk)


def state_of(case: Case) -> str:
    with acting(case.brand):
        return Case.objects.values_list("state", flat=True).get(pk=case.pk)


@contextmanager
def refused(why: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        yield


def test_the_officer_decides_and_the_case_becomes_approved(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia):
        decide(case, olivia)
        set_state(case, "approved")
    assert state_of(case) == CaseState.APPROVED


def test_whoever_registered_cannot_decide_though_she_be_an_officer(case: Case, alice: User) -> None:
    make_role(case.brand, alice, Role.OFFICER)
    with acting(case.brand, alice), refused("nobody decides on their own work"):
        decide(case, alice)


def test_whoever_edited_cannot_decide_though_he_be_an_officer(case: Case, bob: User) -> None:
    make_role(case.brand, bob, Role.OFFICER)
    with acting(case.brand, bob), refused("nobody decides on their own work"):
        decide(case, bob)


@pytest.mark.parametrize("kind", ["ask_changes", "refuse"])
def test_whoever_contributed_decides_nothing_at_all(case: Case, bob: User, kind: str) -> None:
    make_role(case.brand, bob, Role.OFFICER)
    with acting(case.brand, bob), refused("nobody decides on their own work"):
        decide(case, bob, kind=kind)


def test_an_officer_who_edited_by_sql_cannot_decide(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia):
        run("UPDATE campaigns_campaign SET name = 'Mine' WHERE id = %s", case.version.campaign_id)
        with refused("nobody decides on their own work"):
            decide(case, olivia)


def test_an_officer_who_froze_the_version_by_sql_cannot_decide(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia):
        CampaignVersion.objects.create(
            brand_id=case.brand_id, campaign=case.version.campaign, number=2, sha256="", frozen_at=case.submitted_at
        )
        with refused("nobody decides on their own work"):
            decide(case, olivia)


def test_an_officer_who_submitted_by_sql_cannot_decide(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia):
        set_state(case, "voided")
        again = Case.objects.create(
            brand_id=case.brand_id, version=case.version, submitted_by=olivia, submitted_at=case.submitted_at
        )
    staging.checked(again)
    with acting(case.brand, olivia), refused("nobody decides on their own work"):
        decide(again, olivia)


def test_a_marketer_who_did_nothing_cannot_decide(case: Case) -> None:
    dora = make_member(case.brand, "Dora", Role.MARKETER)
    with acting(case.brand, dora), refused("only an officer of the brand"):
        decide(case, dora)


def test_an_officer_of_another_brand_cannot_decide(case: Case, contoso: Brand) -> None:
    oscar = make_member(contoso, "Oscar", Role.OFFICER)
    with acting(case.brand, oscar), refused("only an officer of the brand"):
        decide(case, oscar)


def test_an_officer_of_another_brand_does_not_reach_the_case_from_her_own(case: Case, contoso: Brand) -> None:
    oscar = make_member(contoso, "Oscar", Role.OFFICER)
    with acting(contoso, oscar), refused("only an officer of the brand"):
        decide(case, oscar)
    with acting(contoso, oscar):
        assert set_state(case, "approved") == 0


def test_a_membership_revoked_a_moment_ago_counts_at_once(case: Case, olivia: User) -> None:
    with acting(case.brand):
        Membership.objects.filter(user=olivia).delete()
    with acting(case.brand, olivia), refused("only an officer of the brand"):
        decide(case, olivia)


def test_an_officer_who_may_no_longer_sign_in_cannot_decide(case: Case, olivia: User) -> None:
    User.objects.filter(pk=olivia.pk).update(is_active=False)
    with acting(case.brand, olivia), refused("may sign in"):
        decide(case, olivia)


def test_without_a_signed_user_nobody_decides(case: Case, olivia: User) -> None:
    with acting(case.brand), refused("signed-in officer"):
        decide(case, olivia)


def test_in_somebody_elses_name_nobody_decides(case: Case, bob: User, olivia: User) -> None:
    with acting(case.brand, bob), refused("signed-in officer"):
        decide(case, olivia)


def test_a_forged_user_is_refused(case: Case, olivia: User) -> None:
    with acting(case.brand), refused("forged user context"):
        run("SELECT set_config('lighttouch.user', %s, true)", f"{olivia.pk}.{'0' * 64}")
        decide(case, olivia)


def test_a_brand_signature_is_no_user_signature(case: Case, olivia: User) -> None:
    backend = connection.connection.info.backend_pid
    signed = sign("brand", olivia.pk, backend=backend, key=settings.TENANCY_KEY)
    with acting(case.brand), refused("forged user context"):
        run("SELECT set_config('lighttouch.user', %s, true)", signed)
        decide(case, olivia)


def test_a_decision_is_on_the_fingerprint_of_the_case_or_none(case: Case, olivia: User) -> None:
    for sha256 in ("6" * 64, ""):
        with acting(case.brand, olivia), refused("another fingerprint"):
            decide(case, olivia, sha256=sha256)


def test_a_case_that_is_not_in_review_cannot_be_decided(northwind: Brand, alice: User, bob: User, olivia: User) -> None:
    case = staging.submitted(staging.draft(northwind, alice, bob), alice)
    with acting(northwind, olivia), refused("only a case in review"):
        decide(case, olivia, sha256="")


def test_a_voided_case_cannot_be_decided_or_revived(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia):
        set_state(case, "voided")
        with refused("only a case in review"):
            decide(case, olivia)
        for state in ("in_review", "approved", "checking"):
            with refused("cannot become"):
                set_state(case, state)


def test_a_decision_without_a_written_reason_is_refused(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia), refused("written reason"):
        decide(case, olivia, reason="  \n")


@pytest.mark.parametrize("verdict", ["blocked", "unheard of"])
def test_what_is_blocked_cannot_be_approved(northwind: Brand, alice: User, olivia: User, verdict: str) -> None:
    blocked = staging.VERDICT | {"can": {"verdict": verdict, "countries": {}}}
    case = staging.checked(staging.submitted(staging.draft(northwind, alice, alice), alice), blocked)
    with acting(northwind, olivia):
        with refused("blocked cannot be approved"):
            decide(case, olivia)
        decide(case, olivia, kind="refuse")
        set_state(case, "refused")


@pytest.mark.parametrize("state", ["approved", "changes_asked", "refused"])
def test_a_plain_update_decides_nothing(case: Case, olivia: User, state: str) -> None:
    with acting(case.brand, olivia), refused("only by an officer's decision"):
        set_state(case, state)


def test_a_decision_to_refuse_is_no_approval(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia):
        decide(case, olivia, kind="refuse")
        with refused("only by an officer's decision"):
            set_state(case, "approved")


def test_a_case_cannot_be_born_approved_or_judged(case: Case, olivia: User) -> None:
    with acting(case.brand, olivia):
        set_state(case, "voided")
        for state, sha256, verdict in (("approved", "", "{}"), ("checking", "5" * 64, "{}"), ("checking", "", "[1]")):
            with refused("begins with its check"):
                run(
                    "INSERT INTO audits_case (id, brand_id, version_id, state, verdict, measured, sha256, note, "
                    "submitted_by_id, submitted_at) VALUES (%s, %s, %s, %s, %s, '{}', %s, '', %s, now())",
                    *(uuid4(), case.brand_id, case.version_id, state, verdict, sha256, olivia.pk),
                )


def test_a_case_is_submitted_in_nobody_elses_name(case: Case, bob: User, alice: User) -> None:
    with acting(case.brand, bob):
        set_state(case, "voided")
        for name in (alice.pk, None):
            with refused("nobody else's name"):
                run(
                    "INSERT INTO audits_case (id, brand_id, version_id, state, verdict, measured, sha256, note, "
                    "submitted_by_id, submitted_at) VALUES (%s, %s, %s, 'checking', '{}', '{}', '', '', %s, now())",
                    *(uuid4(), case.brand_id, case.version_id, name),
                )


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = repeat('6', 64)",
        "verdict = '{}'",
        "measured = '{\"minors\": 0}'",
        "note = 'x'",
        "submitted_at = now()",
    ],
)
def test_what_was_judged_never_changes(case: Case, olivia: User, change: str) -> None:
    with acting(case.brand, olivia), refused("changes only with its state|never changes"):
        run(f"UPDATE audits_case SET {change} WHERE id = %s", case.pk)


@pytest.mark.parametrize("change", ["sha256 = repeat('6', 64)", "verdict = '{}'"])
def test_what_was_judged_does_not_change_with_the_decision_either(case: Case, olivia: User, change: str) -> None:
    with acting(case.brand, olivia):
        decide(case, olivia)
        with refused("written once"):
            run(f"UPDATE audits_case SET state = 'approved', {change} WHERE id = %s", case.pk)


def test_a_case_stays_with_its_version(case: Case, alice: User) -> None:
    with acting(case.brand, alice):
        other = CampaignVersion.objects.create(
            brand_id=case.brand_id, campaign=case.version.campaign, number=2, sha256="", frozen_at=case.submitted_at
        )
        with refused("never changes"):
            run("UPDATE audits_case SET version_id = %s WHERE id = %s", other.pk, case.pk)


def test_no_user_writes_a_verdict(northwind: Brand, alice: User, bob: User) -> None:
    case = staging.submitted(staging.draft(northwind, alice, bob), alice)
    with acting(northwind, alice), refused("no user writes a verdict"):
        run(
            "UPDATE audits_case SET state = 'in_review', sha256 = repeat('5', 64), "
            'verdict = \'{"can": {"verdict": "clear"}}\' WHERE id = %s',
            case.pk,
        )


@pytest.mark.parametrize("sha256, verdict", [("", '{"can": {"verdict": "clear"}}'), ("5" * 64, "{}")])
def test_nothing_comes_into_review_unjudged(northwind: Brand, alice: User, sha256: str, verdict: str) -> None:
    case = staging.submitted(staging.draft(northwind, alice, alice), alice)
    with acting(northwind), refused("has a verdict and a fingerprint"):
        run(
            "UPDATE audits_case SET state = 'in_review', sha256 = %s, verdict = %s WHERE id = %s",
            *(sha256, verdict, case.pk),
        )


@pytest.mark.parametrize("table", ["audits_decision", "campaigns_contribution", "audits_case"])
def test_nothing_of_it_can_be_deleted(case: Case, olivia: User, table: str) -> None:
    with acting(case.brand, olivia):
        decide(case, olivia)
        with refused("permission denied"):
            run(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", ["audits_decision", "campaigns_contribution"])
def test_what_is_append_only_cannot_be_changed(case: Case, olivia: User, table: str) -> None:
    with acting(case.brand, olivia), refused("permission denied"):
        run(f"UPDATE {table} SET brand_id = brand_id")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audits_decision DISABLE TRIGGER USER",
        "DROP TRIGGER audits_case_guard ON audits_case",
        "CREATE OR REPLACE FUNCTION public.audits_case_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_cannot_take_the_guards_down(case: Case, statement: str) -> None:
    with acting(case.brand), refused("must be owner|permission denied"):
        run(statement)


def test_the_database_holds_the_very_guards_that_are_written_here(db: None) -> None:
    for name, text in (
        ("audits_keep_submitter", guards.SUBMITTER),
        ("audits_decision_guard", guards.DECISION_GUARD),
        ("audits_case_guard", guards.CASE_GUARD),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [name])
            assert cursor.fetchone()[0] == text.split("$$")[1], name


@pytest.mark.django_db(transaction=True)
def test_a_revocation_under_way_comes_before_the_decision(case: Case, olivia: User) -> None:
    """The decision waits for a revocation that is not committed yet, and then finds no officer."""
    default = connection.settings_dict
    with database.owner_connection(default["NAME"]) as admin:
        admin.execute("ALTER TABLE tenants_membership NO FORCE ROW LEVEL SECURITY")
        try:
            admin.autocommit = False
            admin.execute("DELETE FROM tenants_membership WHERE user_id = %s", [olivia.pk])
            with user_context(olivia.pk), brand_context(case.brand_id):
                run("SET LOCAL lock_timeout = '300ms'")
                with refused("lock timeout"):
                    decide(case, olivia)
            admin.commit()
        finally:
            admin.rollback()
            admin.autocommit = True
            admin.execute("ALTER TABLE tenants_membership FORCE ROW LEVEL SECURITY")
    with acting(case.brand, olivia), refused("only an officer of the brand"):
        decide(case, olivia)


def make_role(brand: Brand, user: User, role: Role) -> None:
    with acting(brand):
        Membership.objects.filter(user=user).update(role=role)
