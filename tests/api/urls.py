"""An address that writes, for the tests of what every address has in common."""

from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import handler400, handler404, handler500  # noqa: F401
from kernel import clock
from kernel.actors import Actor
from kernel.errors import Invalid
from kernel.idempotency import once
from trail.models import Entry
from trail.record import record


class Notes(APIView):
    scope = "register"

    @once
    def post(self, request, name="note"):
        if request.data.get("crash"):
            raise RuntimeError("the test asked for it")
        client, at = request.user, clock.now()
        entry = record(
            "note.written", brand_id=client.brand_id, subject=("note", client.pk), by=Actor.client(client), at=at
        )
        if request.data.get("refuse"):
            raise Invalid("No such note.", place="refuse")
        notes = Entry.objects.filter(brand_id=client.brand_id, verb="note.written").count()
        return Response({"entry": entry.pk, "at": at, "notes": notes}, status=201)


urlpatterns = [
    path("api/v1/notes", Notes.as_view()),
    path("api/v1/notes/<slug:name>", Notes.as_view()),
    path("", include("config.urls")),
]
