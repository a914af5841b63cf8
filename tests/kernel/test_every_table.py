"""Raw SQL as the application's role against every fenced table: no foreign row is seen, counted, written or removed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from kernel.tenancy.context import sign
from tenants.models import User
from tests.conftest import make_brand
from tests.kernel import seeding

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Stage:
    """Two brands with a row in every table, and a bare connection of the application's role that acts for Northwind."""

    app: "psycopg.Connection[Any]"
    tables: list[seeding.Table]
    ours: dict[str, Any]
    theirs: dict[str, Any]
    northwind: Any
    contoso: Any

    def act_for_northwind(self) -> None:
        backend = self.app.info.backend_pid
        self.set_context(sign("brand", self.northwind.pk, backend=backend, key=settings.TENANCY_KEY))

    def set_context(self, value: str) -> None:
        self.app.execute("SELECT set_config('lighttouch.brand', %s, true)", [value])


Check = Callable[[Stage, seeding.Table], None]


@pytest.fixture
def stage() -> Iterator[Stage]:
    northwind, contoso = make_brand("northwind"), make_brand("contoso")
    user = User.objects.create_user("someone@example.com", None, name="Someone")
    default = connection.settings_dict
    with seeding.as_owner(default["NAME"]) as admin:
        tables = seeding.fenced_tables(admin)
        ours = seeding.seed(admin, tables, northwind.pk, user.pk)
        theirs = seeding.seed(admin, tables, contoso.pk, user.pk)
    with psycopg.connect(
        dbname=default["NAME"],
        host=default["HOST"],
        port=default["PORT"],
        user=default["USER"],
        password=default["PASSWORD"],
    ) as app:
        yield Stage(app, tables, ours, theirs, northwind, contoso)
        app.rollback()


def test_there_are_tables_to_test(stage: Stage) -> None:
    assert len(stage.tables) >= 25


def own_row_alone_is_seen(stage: Stage, table: seeding.Table) -> None:
    seen = stage.app.execute(sql.SQL("SELECT DISTINCT brand_id FROM {}").format(sql.Identifier(table.name)))
    assert seen.fetchall() == [(stage.northwind.pk,)], table.name


def foreign_key_value_finds_nothing(stage: Stage, table: seeding.Table) -> None:
    for lock in ("", " FOR UPDATE", " FOR SHARE") if _may(stage, table.name, "UPDATE") else ("",):
        query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s" + lock).format(
            sql.Identifier(table.name), sql.Identifier(table.key)
        )
        assert stage.app.execute(query, [stage.theirs[table.name]]).fetchall() == [], table.name


def copy_out_carries_no_foreign_row(stage: Stage, table: seeding.Table) -> None:
    query = sql.SQL("COPY (SELECT brand_id FROM {}) TO STDOUT").format(sql.Identifier(table.name))
    with stage.app.cursor().copy(query) as copy:
        assert str(stage.contoso.pk).encode() not in b"".join(bytes(part) for part in copy), table.name


def foreign_row_is_neither_changed_nor_removed(stage: Stage, table: seeding.Table) -> None:
    name, key = sql.Identifier(table.name), sql.Identifier(table.key)
    statements = {
        "UPDATE": sql.SQL("UPDATE {} SET {} = {} WHERE {} = %s").format(name, key, key, key),
        "DELETE": sql.SQL("DELETE FROM {} WHERE {} = %s").format(name, key),
    }
    for right, statement in statements.items():
        if _may(stage, table.name, right):
            assert stage.app.execute(statement, [stage.theirs[table.name]]).rowcount == 0, (right, table.name)


def row_of_another_brand_cannot_be_written(stage: Stage, table: seeding.Table) -> None:
    values = seeding.new_row(table, stage.contoso.pk, stage.theirs)
    for conflict in ("", " ON CONFLICT DO NOTHING"):
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})" + conflict).format(
            sql.Identifier(table.name),
            sql.SQL(", ").join(sql.Identifier(column) for column in values),
            sql.SQL(", ").join(sql.Placeholder() for _ in values),
        )
        with pytest.raises(REFUSED), stage.app.transaction():
            stage.app.execute(statement, list(values.values()))


def own_row_cannot_be_given_to_another_brand(stage: Stage, table: seeding.Table) -> None:
    statement = sql.SQL("UPDATE {} SET brand_id = %s").format(sql.Identifier(table.name))
    with pytest.raises(REFUSED), stage.app.transaction():
        stage.app.execute(statement, [stage.contoso.pk])


REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)
CHECKS = [
    own_row_alone_is_seen,
    foreign_key_value_finds_nothing,
    copy_out_carries_no_foreign_row,
    foreign_row_is_neither_changed_nor_removed,
    row_of_another_brand_cannot_be_written,
    own_row_cannot_be_given_to_another_brand,
]
# What a missing right or a trigger refuses stays refused when the policy is gone.
HELD_BY_MORE_THAN_THE_POLICY = {
    foreign_row_is_neither_changed_nor_removed,
    row_of_another_brand_cannot_be_written,
    own_row_cannot_be_given_to_another_brand,
}


@pytest.mark.parametrize("check", CHECKS)
def test_every_table(stage: Stage, check: Check) -> None:
    for table in stage.tables:
        stage.act_for_northwind()
        check(stage, table)
        stage.app.rollback()


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_notices_a_missing_policy(stage: Stage, check: Check) -> None:
    with seeding.as_owner(connection.settings_dict["NAME"]) as admin:
        for table in stage.tables:
            if check in HELD_BY_MORE_THAN_THE_POLICY and not _plain(stage, admin, table):
                continue
            name = sql.Identifier(table.name)
            admin.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(name))
            try:
                stage.act_for_northwind()
                with pytest.raises((AssertionError, pytest.fail.Exception, psycopg.errors.IntegrityError)):
                    check(stage, table)
            finally:
                stage.app.rollback()
                admin.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name))


def test_no_table_can_be_emptied(stage: Stage) -> None:
    for table in stage.tables:
        stage.act_for_northwind()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            stage.app.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table.name)))
        stage.app.rollback()


@pytest.mark.parametrize(
    "context", [None, "", "northwind", "00000000-0000-7000-8000-000000000000", "forged", "replayed"]
)
def test_without_a_valid_context_every_table_answers_with_an_error(stage: Stage, context: str | None) -> None:
    values = {
        "forged": f"{stage.contoso.pk}.{'ab' * 32}",
        "replayed": sign("brand", stage.contoso.pk, backend=1, key=settings.TENANCY_KEY),
    }
    for table in stage.tables:
        if context is not None:
            stage.set_context(values.get(context, context))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="context"):
            stage.app.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name)))
        stage.app.rollback()


def _plain(stage: Stage, admin: "psycopg.Connection[Any]", table: seeding.Table) -> bool:
    """Say whether the application may change the table's rows and no trigger looks at them."""
    triggers = admin.execute(
        "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table.name]
    ).fetchone()
    allowed = _may(stage, table.name, "UPDATE") and _may(stage, table.name, "DELETE")
    stage.app.rollback()
    return allowed and triggers is None


def _may(stage: Stage, table: str, right: str) -> bool:
    found = stage.app.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right]).fetchone()
    return bool(found and found[0])
