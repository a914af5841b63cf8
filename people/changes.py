"""The triggers that note which person a transaction changed; migrations install them, of this room and of upper ones.

A copy of what decides about people (delivery's decision state) is kept current from these notes. Triggers write them,
so that no way of writing, SQL by hand included, can leave a change out.
"""

_NOTE = """
CREATE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.people_personchange (id, brand_id, person_id, transaction)
    SELECT gen_random_uuid(), c.brand_id, c.person_id, pg_current_xact_id() FROM ({changed}) c
    ON CONFLICT (brand_id, transaction, person_id) DO NOTHING;
    RETURN NULL;
END $$;
"""
FUNCTIONS = (
    _NOTE.format(name="people_note_person", changed="SELECT DISTINCT brand_id, id AS person_id FROM changed")
    + _NOTE.format(name="people_note_owned", changed="SELECT DISTINCT brand_id, person_id FROM changed")
    + _NOTE.format(
        name="people_note_moved",
        changed="SELECT brand_id, person_id FROM changed UNION SELECT brand_id, person_id FROM before",
    )
    + _NOTE.format(
        name="people_note_suppressed",
        changed="""
        SELECT DISTINCT i.brand_id, i.person_id FROM changed s JOIN public.people_identifier i
          ON i.brand_id = s.brand_id AND i.kind = s.kind AND i.pseudonym = s.pseudonym
        """,
    )
)
DROP_FUNCTIONS = "".join(
    f"DROP FUNCTION {name}();"
    for name in ("people_note_person", "people_note_owned", "people_note_moved", "people_note_suppressed")
)


def noted(table: str, function: str = "people_note_owned", *, updates: str | None = "people_note_moved") -> str:
    """Return the SQL of a table's triggers; `updates` is the function for UPDATE, None where updates decide nothing."""
    return (
        _trigger(table, "INSERT", "NEW TABLE AS changed", function)
        + _trigger(table, "DELETE", "OLD TABLE AS changed", function)
        + (_trigger(table, "UPDATE", "NEW TABLE AS changed OLD TABLE AS before", updates) if updates else "")
    )


def unnoted(table: str) -> str:
    """Return the SQL that takes a table's triggers away."""
    return "".join(
        f"DROP TRIGGER IF EXISTS people_note_{event} ON {table};" for event in ("insert", "delete", "update")
    )


def _trigger(table: str, event: str, tables: str, function: str) -> str:
    return (
        f"CREATE TRIGGER people_note_{event.lower()} AFTER {event} ON {table} REFERENCING {tables}\n"
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n"
    )


TABLES = (
    *("people_identifier", "people_sourcerecord", "people_consentstate", "people_privacysettings"),
    "people_signal",
    *("people_person", "people_persongate", "people_suppression"),
)
OF_PEOPLE = (
    "".join(noted(table) for table in TABLES[:5])
    + noted("people_person", "people_note_person", updates="people_note_person")
    # A gate's numbers decide nothing by themselves: what lifts its epoch is noted where it happened.
    + noted("people_persongate", updates=None)
    + noted("people_suppression", "people_note_suppressed", updates=None)
)
