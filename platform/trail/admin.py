"""The trail as a list: what happened, who did it, to what."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin import RoomAdmin
from trail.models import Entry


@admin.register(Entry)
class EntryAdmin(RoomAdmin):
    """Every entry of the brand's trail, the last first. Nothing here can be changed by anybody."""

    list_display = ("happened_at", "what", "actor", "subject", "leaf_short")
    search_fields = ("verb", "actor_label")
    list_filter = ("subject_kind", "actor_kind")
    ordering = ("-id",)
    page_title = _("Trail")
    empty_title = _("Nothing happened yet")
    empty_text = _("Whatever anybody does here leaves an entry that nobody can change.")
    empty_icon = "history"
    fields = ("happened_at", "what", "actor", "subject", "told", "leaf_whole")
    readonly_fields = fields

    @admin.display(description=_("what"), ordering="verb")
    def what(self, entry: Entry) -> str:
        return entry.verb.replace(".", ": ").replace("_", " ")

    @admin.display(description=_("who"), ordering="actor_label")
    def actor(self, entry: Entry) -> str:
        return entry.actor_label

    @admin.display(description=_("what it was done to"))
    def subject(self, entry: Entry) -> str:
        return f"{entry.subject_kind} {str(entry.subject_id)[-8:]}"

    @admin.display(description=_("fingerprint"))
    def leaf_short(self, entry: Entry) -> str:
        return bytes(entry.leaf_hash).hex()[:16]

    @admin.display(description=_("fingerprint"))
    def leaf_whole(self, entry: Entry) -> str:
        return bytes(entry.leaf_hash).hex()

    @admin.display(description=_("details"))
    def told(self, entry: Entry) -> str:
        return ", ".join(f"{key}: {value}" for key, value in entry.details.items())
