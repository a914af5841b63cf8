"""No brand ever sees, counts or guesses another brand's rows, even with SQL of its own."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from kernel.tenancy import ContextRefused, brand_context, user_context
from tenants.models import BrandKey, Membership
from tests.conftest import SYSTEM, acting


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_a_brand_sees_its_own_rows(northwind, contoso):
    with brand_context(northwind.pk):
        assert set(BrandKey.objects.values_list("brand_id", flat=True)) == {northwind.pk}


def test_raw_sql_sees_no_foreign_row(northwind, contoso):
    with brand_context(northwind.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_brandkey WHERE brand_id = %s", [contoso.pk])
        assert cursor.fetchone()[0] == 0


def test_without_a_context_a_read_is_an_error_not_an_empty_page(northwind):
    with pytest.raises(ProgrammingError, match="no brand context"), transaction.atomic():
        count("tenants_brandkey")


def test_a_context_written_by_hand_is_refused(northwind):
    with pytest.raises(ProgrammingError, match="forged brand context"), transaction.atomic(), connection.cursor() as c:
        c.execute("SELECT set_config('lighttouch.brand', %s, true)", [f"{northwind.pk}.{'0' * 64}"])
        c.execute("SELECT count(*) FROM tenants_brandkey")


def test_a_malformed_context_is_refused(northwind):
    with (
        pytest.raises(ProgrammingError, match="malformed brand context"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute("SELECT set_config('lighttouch.brand', 'northwind', true)")
        c.execute("SELECT count(*) FROM tenants_brandkey")


def test_a_context_of_another_connection_is_refused(northwind):
    from django.conf import settings

    from kernel.tenancy.context import sign

    signed = sign("brand", northwind.pk, backend=1, key=settings.TENANCY_KEY)
    with pytest.raises(ProgrammingError, match="forged brand context"), transaction.atomic(), connection.cursor() as c:
        c.execute("SELECT set_config('lighttouch.brand', %s, true)", [signed])
        c.execute("SELECT count(*) FROM tenants_brandkey")


@pytest.mark.parametrize("instead", ["nobody", "another"])
def test_a_user_cannot_be_taken_off_the_brands_context(northwind, alice, bob, instead):
    from django.conf import settings

    from kernel.tenancy.context import sign

    backend = connection.connection.info.backend_pid
    other = "" if instead == "nobody" else sign("user", bob.pk, backend=backend, key=settings.TENANCY_KEY)
    with (
        pytest.raises(ProgrammingError, match="forged brand context"),
        acting(northwind, alice),
        connection.cursor() as c,
    ):
        c.execute("SELECT set_config('lighttouch.user', %s, true)", [other])
        c.execute("SELECT count(*) FROM tenants_brandkey")


def test_a_user_may_come_into_a_running_brand_and_leave_it_again(northwind, alice):
    with brand_context(northwind.pk):
        with user_context(alice.pk):
            assert count("tenants_brandkey") == 2
        assert count("tenants_brandkey") == 2


def test_a_user_who_failed_in_a_running_brand_leaves_it_in_force(northwind, alice):
    with brand_context(northwind.pk):
        with pytest.raises(ZeroDivisionError), user_context(alice.pk):
            raise ZeroDivisionError
        assert count("tenants_brandkey") == 2


def test_a_users_context_is_no_brands_context(northwind, alice):
    with pytest.raises(ProgrammingError, match="no brand context"), user_context(alice.pk):
        count("tenants_brandkey")


def test_the_key_of_the_context_cannot_be_read(db):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        count("kernel_context_key")


def test_a_row_cannot_be_written_for_another_brand(northwind, contoso):
    with pytest.raises(ProgrammingError, match="row-level security"), acting(northwind):
        BrandKey.objects.create(brand=contoso, purpose="theft", wrapped=b"", created_at=contoso.created_at)


def test_a_row_cannot_be_moved_to_another_brand(northwind, contoso):
    with pytest.raises(ProgrammingError, match="row-level security"), brand_context(northwind.pk):
        BrandKey.objects.update(brand=contoso)


def test_a_context_cannot_be_changed_inside_another(northwind, contoso):
    with brand_context(northwind.pk), pytest.raises(ContextRefused), brand_context(contoso.pk):
        pass


def test_the_context_ends_with_its_block(northwind):
    with brand_context(northwind.pk):
        pass
    with pytest.raises(ProgrammingError, match="no brand context"), transaction.atomic():
        count("tenants_brandkey")


def test_a_context_that_failed_leaves_nothing_in_force(northwind):
    with pytest.raises(ZeroDivisionError), brand_context(northwind.pk):
        raise ZeroDivisionError
    with pytest.raises(ProgrammingError, match="no brand context"), transaction.atomic():
        count("tenants_brandkey")


def test_a_user_finds_her_own_brands_without_a_brand(alice, charlie):
    with user_context(alice.pk):
        assert [m.user_id for m in Membership.objects.all()] == [alice.pk]


def test_a_reference_to_another_brands_row_is_refused(northwind, contoso):
    from sources.models import DataSource, SourceImport

    with acting(contoso):
        foreign = DataSource.objects.create(
            brand=contoso,
            key="theirs",
            name="Theirs",
            sha256="",
            created_at=contoso.created_at,
            changed_at=contoso.created_at,
        )
    with pytest.raises(IntegrityError), acting(northwind):
        SourceImport.objects.create(
            brand=northwind, source_id=foreign.pk, file_name="x", file_sha256="", created_at=northwind.created_at
        )
        connection.check_constraints()


def test_the_trail_cannot_be_changed_by_the_application(northwind):
    with pytest.raises(ProgrammingError, match="permission denied"), acting(northwind), connection.cursor() as cursor:
        cursor.execute("UPDATE trail_entry SET verb = 'nothing happened'")
    assert SYSTEM.id is None
