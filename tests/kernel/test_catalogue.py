"""The fence, read back from pg_catalog: a table that comes without it fails here by itself."""

import pytest
from django.db import connection

# Tables that belong to no brand, each for a reason.
GLOBAL = {
    "django_migrations": "the schema's own history",
    "django_content_type": "names of models",
    "auth_permission": "names of rights",
    "auth_group": "unused by us, empty: the application may not write it",
    "auth_group_permissions": "as auth_group",
    "guardian_userobjectpermission": "unused: rights stand in tables of the rooms; the application may not write it",
    "guardian_groupobjectpermission": "as guardian_userobjectpermission",
    "django_session": "before a session is read nobody knows its brand",
    "django_admin_log": "unused: the trail tells; the application may not write it",
    "tenants_user": "one person may work for several brands",
    "tenants_user_groups": "as auth_group",
    "tenants_user_user_permissions": "as auth_group",
    "tenants_brand": "the brands themselves",
    "tenants_apiclient": "a token is looked up before its brand is known",
    "oauth2_provider_accesstoken": "as tenants_apiclient",
    "oauth2_provider_refreshtoken": "as tenants_apiclient",
    "oauth2_provider_idtoken": "as tenants_apiclient",
    "oauth2_provider_grant": "as tenants_apiclient",
    "oauth2_provider_devicegrant": "as tenants_apiclient",
    "kernel_mail": "mail of the installation itself, sealed",
    "people_addressproof": "whoever proves an address is of no brand yet; the address is sealed",
    "kernel_context_key": "signs the context; the application cannot read it",
}
NOT_BY_BRAND: dict[str, str] = {}

pytestmark = pytest.mark.django_db


def rows(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def tables() -> set[str]:
    return {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relkind IN ('r','p') AND relnamespace = 'public'::regnamespace"
        )
    }


def fenced() -> set[str]:
    return tables() - set(GLOBAL) - {name for name in tables() if name.startswith("oauth2_provider")}


def test_every_table_is_fenced_or_on_the_written_list():
    secured = {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind IN ('r','p')"
        )
    }
    assert fenced() == secured


def test_every_fenced_table_has_one_permissive_and_one_restrictive_policy_on_the_signed_context():
    for table in fenced():
        found = rows(
            f"SELECT permissive, coalesce(qual,''), coalesce(with_check,'') FROM pg_policies WHERE tablename = '{table}'"
        )
        assert sorted(kind for kind, _, _ in found) == ["PERMISSIVE", "RESTRICTIVE"], table
        assert all("lighttouch_brand" in seen and "lighttouch_brand" in kept for _, seen, kept in found), table


def test_every_fenced_table_can_be_referred_to_by_brand_and_key():
    for table in fenced():
        keys = [
            cols
            for (cols,) in rows(
                f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'u'"
            )
        ]
        assert any(cols.startswith("UNIQUE (brand_id, ") for cols in keys), table


def test_every_reference_between_fenced_tables_carries_the_brand():
    for table in fenced():
        found = rows(
            "SELECT pg_get_constraintdef(oid), confrelid::regclass::text FROM pg_constraint "
            f"WHERE conrelid = '{table}'::regclass AND contype = 'f'"
        )
        for definition, target in found:
            if target in fenced():
                assert definition.startswith("FOREIGN KEY (brand_id, "), (table, definition)


def test_every_column_that_refers_to_a_fenced_table_is_held_by_a_composite_key():
    from django.apps import apps
    from django.db.models import ForeignKey

    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model._meta.db_table in fenced():
                found = rows(
                    "SELECT 1 FROM pg_constraint WHERE contype = 'f' "
                    f"AND conrelid = '{model._meta.db_table}'::regclass AND conname LIKE '%\\_brand\\_fk' "
                    f"AND pg_get_constraintdef(oid) LIKE 'FOREIGN KEY (brand\\_id, {field.column})%'"
                )
                assert found, (model, field.name)


def test_every_unique_rule_of_a_fenced_table_is_within_one_brand():
    for table in fenced():
        for name, definition in rows(
            f"SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = '{table}'::regclass AND indisunique AND NOT indisprimary"
        ):
            assert "(brand_id" in definition or name in NOT_BY_BRAND, (table, definition)


def test_the_application_owns_nothing_and_cannot_pass_the_fence():
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False, False)]
    assert rows(
        "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    ) == [(0,)]
    assert rows(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = current_user"
    ) == [(0,)]


@pytest.mark.parametrize("right", ["TRUNCATE", "REFERENCES", "TRIGGER"])
def test_the_application_has_no_right_that_passes_the_fence(right):
    for table in tables():
        assert rows(f"SELECT has_table_privilege(current_user, '{table}', '{right}')") == [(False,)], table


# No policy guards them: what the application could write here would be seen by every brand.
UNUSED = (
    "auth_group",
    "auth_group_permissions",
    "django_admin_log",
    "guardian_groupobjectpermission",
    "guardian_userobjectpermission",
    "tenants_user_groups",
    "tenants_user_user_permissions",
)


@pytest.mark.parametrize("right", ["INSERT", "UPDATE", "DELETE"])
def test_the_application_cannot_write_the_global_tables_that_nothing_uses(right):
    for table in UNUSED:
        assert rows(f"SELECT has_table_privilege(current_user, '{table}', '{right}')") == [(False,)], table


def test_no_view_and_no_definer_function_passes_the_fence():
    assert rows("SELECT relname FROM pg_class WHERE relkind = 'm' AND relnamespace = 'public'::regnamespace") == []
    views = rows(
        "SELECT relname, reloptions::text FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
    )
    assert all("security_invoker=true" in (options or "") for _, options in views)
    definers = rows(
        "SELECT proname, proconfig::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {name for name, _ in definers} <= DEFINERS
    assert all("search_path=pg_catalog" in (config or "") for _, config in definers)


# Functions that run as the owner, each for a reason: the first reads the signing key.
DEFINERS = {"lighttouch_context"}


def test_the_server_keeps_what_it_acknowledged():
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert rows(f"SHOW {setting}") == [("on",)]
