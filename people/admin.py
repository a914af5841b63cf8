"""Lists of people: by number, never by name or address."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.admin import RoomAdmin
from people.models import ConsentState, Person, Suppression


@admin.register(Person)
class PersonAdmin(RoomAdmin):
    """The persons a brand knows, by number. Whom a number stands for is not shown here."""

    list_display = ("who", "country", "language", "state", "agreed", "refused", "created_at")
    list_filter = ("state", "country")
    search_fields = ("number",)
    search_help_text = _("Person's number")
    ordering = ("number",)
    show_full_result_count = False
    empty_title = _("No people yet")
    empty_text = _("Open a data source and import a file: persons, their attributes and what each of them agreed to.")
    empty_icon = "group"

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what each person agreed to and refused."""
        return super().get_queryset(request).prefetch_related("consent_states")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Search for the number alone, with or without “#”."""
        words = search_term.strip().lstrip("#")
        if not words:
            return queryset, False
        return (queryset.filter(number=int(words)) if words.isdecimal() and len(words) < 19 else queryset.none()), False

    @admin.display(description=_("person"), ordering="number")
    def who(self, person: Person) -> str:
        return f"#{person.number}"

    @admin.display(description=_("agreed to"))
    def agreed(self, person: Person) -> int:
        return sum(1 for one in person.consent_states.all() if one.state in ("given", "renewed"))

    @admin.display(description=_("said no to"))
    def refused(self, person: Person) -> int:
        return sum(1 for one in person.consent_states.all() if _is_no(one))


def _is_no(consent: ConsentState) -> bool:
    return consent.state in ("refused", "withdrawn", "objected")


@admin.register(Suppression)
class SuppressionAdmin(RoomAdmin):
    """Addresses that are never to be reached again, as pseudonyms."""

    list_display = ("pseudonym_short", "kind", "reason", "created_at")
    list_filter = ("kind", "reason")
    ordering = ("-created_at",)
    empty_title = _("Nobody is suppressed")
    empty_text = _("Who asks never to be contacted again stands here, as a pseudonym that outlives the address itself.")
    empty_icon = "block"
    adders = frozenset({"owner", "marketer", "officer"})
    add_label = _("Suppress an address")

    @admin.display(description=_("pseudonym"))
    def pseudonym_short(self, suppression: Suppression) -> str:
        return bytes(suppression.pseudonym).hex()[:16]
