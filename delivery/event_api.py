"""Events by REST: a partner posts what happened to a person, for a campaign that answers to it."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from campaigns import queries as campaigns
from delivery.services import Happened, Posted, post_event
from kernel import clock
from kernel.actors import Actor
from kernel.idempotency import once
from people.api import IdentifierPart
from people.services import find_person
from tenants.authentication import caller

NO_STORE = {"Cache-Control": "no-store"}


class EventBody(serializers.Serializer[Any]):
    """One thing that happened to one person."""

    id = serializers.CharField(max_length=150, help_text=_("Your own name for the event: posted again, it is known."))
    campaign = serializers.SlugField(max_length=80, help_text=_("The campaign's key."))
    kind = serializers.CharField(max_length=20, help_text=_("What sets the campaign's message off, or what stops it."))
    identifier = IdentifierPart()
    happened_at = serializers.DateTimeField()
    data = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(max_length=500, allow_blank=True),
        default=dict,
        help_text=_("Values that the message prints: fields that the campaign asked for, and no others."),
    )


class EventAnswer(serializers.Serializer[Any]):
    """What became of the event so far."""

    id = serializers.CharField()
    event = serializers.UUIDField()
    known = serializers.BooleanField(help_text=_("True where it was posted before: nothing was done."))
    status = serializers.CharField(
        help_text=_("waiting, in_flight, handed_over, withheld, failed, unknown, stopped, expired; or noted: it stops.")
    )
    due_at = serializers.DateTimeField(allow_null=True, help_text=_("When the gate is asked, while it waits."))


class Events(APIView):
    """Post what happened to a person (a basket left, a purchase, a birthday) for an approved campaign that runs.

    The message about it leaves at its time, if everything allows it then: the gate decides for this one person alone.
    """

    scope = "consent"

    @extend_schema(request=EventBody, responses={200: EventAnswer, 201: EventAnswer})
    @once
    def post(self, request: Request) -> Response:
        """Take the event."""
        body = EventBody(data=request.data)
        body.is_valid(raise_exception=True)
        said, client = body.validated_data, caller(request)
        campaign = campaigns.by_key(client.brand_id, said["campaign"])
        if campaign is None:
            raise Http404
        who = said["identifier"]
        posted = post_event(
            campaign=campaign,
            person=find_person(client.brand_id, who["kind"], who["value"], who["country"]),
            happened=Happened(said["id"], said["kind"], said["happened_at"], said["data"]),
            by=Actor.client(client),
            at=clock.now(),
        )
        return Response(EventAnswer(_told(posted)).data, status=201 if posted.new else 200, headers=NO_STORE)


def _told(posted: Posted) -> dict[str, Any]:
    event = posted.event
    return {
        "id": event.name,
        "event": event.pk,
        "known": not posted.new,
        "status": posted.status,
        "due_at": event.due_at if posted.status == "waiting" else None,
    }
