"""Lists by REST: pages with a cursor."""

from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class Pages(CursorPagination):
    """Pages in the order in which the rows were made (ids are UUIDv7); `limit` rows each, at most 200."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor, or None on the first page. Raises ParseError where it is none of ours."""
        try:
            cursor: Cursor | None = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                UUID(str(cursor.position))
        except (NotFound, ValueError) as error:
            raise ParseError(_("The cursor is not one that was given here. Start again without it.")) from error
        return cursor
