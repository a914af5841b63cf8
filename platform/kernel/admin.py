"""What every list of the admin has in common: it shows one brand's rows and writes none.

Whatever changes a row is a service behind a page of its own; nothing is written past the services, and Django's own
log of the admin stays empty, because the trail tells it better.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

EVERY_ROLE = frozenset({"owner", "marketer", "officer", "viewer"})


Column = Callable[..., Any]


def shown_as(*, description: str | Promise, label: dict[str, str], ordering: str = "") -> Callable[[Column], Column]:
    """Show a column as a coloured label: `label` maps the first of the pair that the column returns to a colour."""
    decorate: Callable[[Column], Column] = display(description=description, label=label, ordering=ordering or None)
    return decorate


class RoomAdmin(ModelAdmin):
    """A list of one room's rows for the roles in `viewers`; the roles in `adders` see the button that adds one.

    `add_label` is the word on it. `empty_title` and `empty_text` say what to do where there is no row yet.
    """

    viewers: ClassVar[frozenset[str]] = EVERY_ROLE
    adders: ClassVar[frozenset[str]] = frozenset()
    page_title: ClassVar[str | Promise] = ""
    add_label: ClassVar[str | Promise] = ""
    empty_title: ClassVar[str | Promise] = _("Nothing here yet")
    empty_text: ClassVar[str | Promise] = ""
    empty_icon: ClassVar[str] = "inbox"
    actions = None
    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Members of the brand whose role may look."""
        return getattr(request, "brand", None) is not None and request.role in self.viewers  # type: ignore[attr-defined]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for one row."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Those for whom the add button leads to a page that may do it."""
        return self.has_view_permission(request) and request.role in self.adders  # type: ignore[attr-defined]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a row here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a row here."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """The brand's rows: the fence holds without this, but a literal brand lets the database use its indexes."""
        return super().get_queryset(request).filter(brand_id=request.brand.pk)  # type: ignore[attr-defined]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the list offers as a filter: a query on any other column would tell of what is not shown."""
        offered = [one for one in self.list_filter if isinstance(one, str)]
        return any(lookup == name or lookup.startswith(f"{name}__") for name in offered)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the trail has it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the trail has it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Nothing: the trail has it."""
