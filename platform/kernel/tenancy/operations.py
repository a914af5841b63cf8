"""The migration helper: a table of a brand's rows arrives with its fence or not at all."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from kernel.tenancy import sql


class _Statements(Operation):
    """An operation on the database alone; the models' state stays."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the state as it is."""

    def _run(self, editor: BaseDatabaseSchemaEditor, statements: list[str]) -> None:
        for statement in statements:
            editor.execute(statement, params=None)


class PrepareFence(_Statements):
    """Grants for the application's role, the key table and the functions that read the signed context."""

    def database_forwards(self, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        """Create them."""
        functions = sql.FUNCTIONS.format(app=settings.APP_ROLE, context=sql.CONTEXT)
        self._run(editor, [sql.GRANTS.format(app=settings.APP_ROLE), functions])

    def database_backwards(self, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        """Drop the functions; the grants may stay."""
        self._run(editor, [sql.DROP_FUNCTIONS])

    def describe(self) -> str:
        """Return a sentence for the migration's output."""
        return "Prepare the fence between brands"


class FenceTables(_Statements):
    """Put the fence around tables of brand-keyed models.

    For every model named: UNIQUE (brand_id, primary key), a composite foreign key for each reference to another
    brand-keyed model, row-level security enabled and forced, one permissive and one restrictive policy. `own_rows`
    names models with a user_id whose rows their user may see without a brand context (memberships at log-in).
    `append_only` takes UPDATE and DELETE from the application's role.
    """

    def __init__(self, *names: str, own_rows: tuple[str, ...] = (), append_only: tuple[str, ...] = ()) -> None:
        self.names, self.own_rows, self.append_only = names, own_rows, append_only

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what the migration writer needs."""
        return type(self).__qualname__, list(self.names), {"own_rows": self.own_rows, "append_only": self.append_only}

    def database_forwards(self, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        """Build the fences: every key first, so that tables of one migration may refer to each other."""
        found = [after.apps.get_model(app_label, name) for name in self.names]
        _settle(editor)
        self._run(editor, [_unique(model) for model in found])
        for model in found:
            self._run(editor, [_reference(model, field) for field in _references(model)])
            own = model.__name__ in self.own_rows
            seen = sql.BY_BRAND_OR_OWN if own else sql.BY_BRAND
            self._run(editor, [sql.FENCE.format(table=model._meta.db_table, seen=seen, kept=sql.BY_BRAND)])
            if model.__name__ in self.append_only:
                self._run(editor, [sql.APPEND_ONLY.format(table=model._meta.db_table, app=settings.APP_ROLE)])

    def database_backwards(self, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        """Take the fences down."""
        found = [before.apps.get_model(app_label, name) for name in self.names]
        for model in found:
            table = model._meta.db_table
            if model.__name__ in self.append_only:
                self._run(editor, [sql.NOT_APPEND_ONLY.format(table=table, app=settings.APP_ROLE)])
            self._run(editor, [sql.UNFENCE.format(table=table)])
            names = [_reference_name(model, field) for field in _references(model)]
            self._run(editor, [sql.DROP_CONSTRAINT.format(table=table, name=name) for name in names])
        for model in found:
            table = model._meta.db_table
            self._run(editor, [sql.DROP_CONSTRAINT.format(table=table, name=f"{table}_brand_key")])

    def describe(self) -> str:
        """Return a sentence for the migration's output."""
        return f"Fence {', '.join(self.names)} by brand"


class ChangeFenced(_Statements):
    """Frame operations that add foreign keys to fenced tables: `ChangeFenced("A"), …, ChangeFenced("A", end=True)`.

    The server checks a new foreign key by a query as the tables' owner, and a forced policy asks even the owner for a
    brand. Between the two the owner, who alone migrates, is let through; the application's role never is.
    """

    def __init__(self, *names: str, end: bool = False) -> None:
        self.names, self.end = names, end

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what the migration writer needs."""
        return type(self).__qualname__, list(self.names), {"end": self.end}

    def database_forwards(self, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        """Let the owner through, or at the end no longer."""
        self._switch(app_label, editor, after, forced=self.end)

    def database_backwards(self, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        """The same from the other side."""
        self._switch(app_label, editor, before, forced=not self.end)

    def _switch(self, app_label: str, editor: Any, state: ProjectState, *, forced: bool) -> None:
        _settle(editor)
        for name in self.names:
            table = state.apps.get_model(app_label, name)._meta.db_table
            self._run(editor, [f"ALTER TABLE {table} {'FORCE' if forced else 'NO FORCE'} ROW LEVEL SECURITY"])

    def describe(self) -> str:
        """Return a sentence for the migration's output."""
        return f"{'Close' if self.end else 'Open'} {', '.join(self.names)} for the owner"


def _settle(editor: Any) -> None:
    """Run what the editor put off to the migration's end (foreign keys): it must be done before a policy is forced."""
    waiting, editor.deferred_sql = editor.deferred_sql, []
    for statement in waiting:
        editor.execute(statement, None)


def is_brand_keyed(model: type[models.Model]) -> bool:
    """Say whether the model's rows belong to a brand, i.e. its table has a column brand_id."""
    return any(field.column == "brand_id" for field in model._meta.concrete_fields)


def _unique(model: type[models.Model]) -> str:
    table, key = model._meta.db_table, model._meta.pk
    if not is_brand_keyed(model) or key is None:
        raise TypeError(f"{model.__name__} has no brand_id: it cannot be fenced")
    return sql.UNIQUE.format(table=table, name=f"{table}_brand_key", key=key.column)


def _references(model: type[models.Model]) -> list[Any]:
    found = []
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(field, models.ForeignKey) or not isinstance(target, type) or not is_brand_keyed(target):
            continue
        if getattr(field, "db_constraint", True):
            raise TypeError(f"{model.__name__}.{field.name}: say db_constraint=False, the composite key is added here")
        found.append(field)
    return found


def _reference_name(model: type[models.Model], field: Any) -> str:
    return f"{model._meta.db_table}_{field.column}_brand_fk"[:63]


def _reference(model: type[models.Model], field: Any) -> str:
    target = field.related_model._meta
    return sql.REFERENCE.format(
        table=model._meta.db_table,
        name=_reference_name(model, field),
        column=field.column,
        target=target.db_table,
        key=target.pk.column,
    )
