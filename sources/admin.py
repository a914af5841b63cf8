"""Lists of sources."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin import RoomAdmin, shown_as
from sources.models import DataSource, SourceImport


@admin.register(DataSource)
class DataSourceAdmin(RoomAdmin):
    """The register of data sources."""

    list_display = ("name", "key", "kind", "stands", "changed_at")
    list_filter = ("kind", "state")
    search_fields = ("name", "key")
    ordering = ("name",)
    adders = frozenset({"owner", "marketer"})
    add_label = _("Add a data source")
    empty_title = _("No data source yet")
    empty_text = _(
        "A data source is where you know people from: your customer list, a sign-up form, a tag on the site, a social"
        " network. Campaigns draw on them, and the audit asks how each came about."
    )
    empty_icon = "database"

    @shown_as(description=_("state"), label={"active": "success", "suspended": "warning"}, ordering="state")
    def stands(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


@admin.register(SourceImport)
class SourceImportAdmin(RoomAdmin):
    """Files of people that were read into a source."""

    list_display = ("file_name", "source", "dry_run", "state", "created_at", "finished_at")
    list_filter = ("state", "dry_run")
    search_fields = ("file_name",)
    list_select_related = ("source",)
    ordering = ("-created_at",)
    viewers = frozenset({"owner", "marketer", "officer"})
    empty_title = _("No import yet")
    empty_text = _("Open a data source and choose “Import people” to read a CSV file.")
    empty_icon = "upload_file"
