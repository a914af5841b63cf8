"""Asking a decision and pulling a cleared audience by REST."""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits import queries as audits
from audits.models import Case
from campaigns import queries as campaigns
from delivery import queries, reasons
from delivery.approval import NotApproved
from delivery.clearance import Found
from delivery.queries import Decision
from delivery.services import ChannelNotApproved, pull, settle_pull
from delivery.services.pulling import MOST, Pulled
from kernel import clock
from kernel.actors import Actor
from kernel.tenancy import brand_context
from people.api import IdentifierPart
from people.services import find_person
from tenants.authentication import caller
from tenants.models import Integration

log = logging.getLogger(__name__)
NO_STORE = {"Cache-Control": "no-store"}
UNKNOWN = "no_basis"
"""What holds of an address that this brand does not know: there is no record that allows anything."""


class DecisionBody(serializers.Serializer[Any]):
    """Who shall be reached, by which campaign, on which channel."""

    campaign = serializers.SlugField(max_length=80, help_text=_("The campaign's key."))
    channel = serializers.CharField(max_length=20)
    identifier = IdentifierPart()


class ReasonAnswer(serializers.Serializer[Any]):
    """One thing that stands against it."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True, help_text=_("When it ends by itself."))


class AskedAnswer(serializers.Serializer[Any]):
    """Whether the person may be reached now: `cleared`, or the one reason that counts, and all that hold."""

    cleared = serializers.BooleanField()
    reason = serializers.CharField()
    sentence = serializers.CharField()
    reasons = ReasonAnswer(many=True)
    until = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField()


class Decisions(APIView):
    """Ask whether one person may be reached now by an approved campaign on one channel.

    It holds for this moment alone and is kept nowhere: ask again right before you act. Nothing is handed over by it.
    """

    scope = "consent"

    @extend_schema(request=DecisionBody, responses={200: AskedAnswer})
    def post(self, request: Request) -> Response:
        """Decide."""
        body = DecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said, brand_id, at = body.validated_data, caller(request).brand_id, clock.now()
        case = _approved(brand_id, said["campaign"])
        who = said["identifier"]
        person = find_person(brand_id, who["kind"], who["value"], who["country"])
        # The channel narrows the plan as an integration does that serves this one alone.
        only = Integration(brand_id=brand_id, config={"channels": [said["channel"]]})
        try:
            known = queries.ask(person=person, case=case, integration=only, at=at) if person else None
            decision = known or _of_nobody(case, said["channel"])
        except ValueError as error:
            raise _not_on(said["channel"]) from error
        return Response(AskedAnswer(_told(decision, at)).data, headers=NO_STORE)


class PullBody(serializers.Serializer[Any]):
    """How much of the audience to look at."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)


class PulledPerson(serializers.Serializer[Any]):
    """One person who passed the gate, with the message that was approved, filled in."""

    id = serializers.UUIDField()
    to = serializers.DictField(child=serializers.CharField())
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]
    content = serializers.DictField(child=serializers.CharField())
    links = serializers.DictField(child=serializers.CharField())
    explanation = serializers.CharField(
        allow_null=True, help_text=_("Why she gets this, in one sentence of her language; null where none can be said.")
    )


class PullAnswer(serializers.Serializer[Any]):
    """The next people of the audience."""

    release = serializers.UUIDField()
    approved = serializers.CharField(help_text=_("The fingerprint of what was approved."))
    people = PulledPerson(many=True)
    held_back = serializers.DictField(child=serializers.IntegerField(), help_text=_("How many were not, by reason."))
    complete = serializers.BooleanField(
        help_text=_("Nobody is left: pull until this is true; later again for who was deferred.")
    )


class Audience(APIView):
    """Pull the next people of an approved campaign's audience; each passes the gate now, and nobody comes twice.

    This is a hand-over: who stands in the answer counts as reached once it has left. An answer that is lost is not
    given again, for nobody may be reached twice, and no Idempotency-Key brings an old one back.
    """

    scope = "audience"

    @extend_schema(request=PullBody, responses={200: PullAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Pull them."""
        body = PullBody(data=request.data)
        body.is_valid(raise_exception=True)
        client = caller(request)
        case = _approved(client.brand_id, key)
        pulled = pull(case=case, by=Actor.client(client), at=clock.now(), most=body.validated_data["limit"])
        return _Leaving(pulled)


class _Leaving(Response):
    """An answer that settles what it takes with it once it has left."""

    def __init__(self, pulled: Pulled) -> None:
        super().__init__(_people(pulled), headers=NO_STORE)
        self._brand_id, self._release_id = pulled.release.brand_id, pulled.release.pk
        self._handed_over = [message.id for message in pulled.messages]

    def close(self) -> None:
        """Called by the server when the last byte has left."""
        try:
            if self._handed_over:
                _settle(self._brand_id, self._release_id, self._handed_over)
                self._handed_over = []
        finally:
            super().close()


def _settle(brand_id: UUID, release_id: UUID, handed_over: Sequence[UUID]) -> None:
    try:
        with brand_context(brand_id):
            settle_pull(brand_id=brand_id, release_id=release_id, handed_over=handed_over, at=clock.now())
    except Exception:
        # Nobody is left to be told. What is not settled here a job settles as unknown.
        log.exception("a pull of release %s was not settled", release_id)


def _approved(brand_id: UUID, key: str) -> Case:
    campaign = campaigns.by_key(brand_id, key)
    if campaign is None:
        raise Http404
    case = audits.approved_case(brand_id, campaign_id=campaign.pk)
    if case is None or not audits.approval_holds(case):
        why = audits.why_no_approval(case) if case is not None else gettext("The campaign is not approved.")
        raise NotApproved(why, place="campaign", remedy=gettext("Submit it and have it decided."))
    return case


def _of_nobody(case: Case, channel: str) -> Decision:
    """Decide about an address that is not known here: the same whether or not another brand knows it."""
    if channel not in campaigns.manifest(case.version)["registration"]["campaign"].get("channels", ()):
        raise ValueError(channel)
    found = Found(UNKNOWN)
    return Decision(False, UNKNOWN, reasons.sentence(UNKNOWN), (found,), None)


def _not_on(channel: str) -> ChannelNotApproved:
    return ChannelNotApproved(
        gettext("The approval does not cover the channel “%(name)s”.") % {"name": channel}, place="channel"
    )


def _told(decision: Decision, at: Any) -> dict[str, Any]:
    found = [{"code": one.code, "sentence": one.sentence, "until": one.until} for one in decision.reasons]
    return {
        "cleared": decision.cleared,
        "reason": decision.reason,
        "sentence": decision.sentence,
        "reasons": found,
        "until": decision.until,
        "decided_at": at,
    }


def _people(pulled: Pulled) -> dict[str, Any]:
    return {
        "release": pulled.release.pk,
        "approved": pulled.release.sha256,
        "people": [
            {
                "id": message.id,
                "to": dict(message.address),
                "fields": dict(message.fields),
                "content": dict(message.content),
                "links": dict(message.links),
                "explanation": message.explanation or None,
            }
            for message in pulled.messages
        ],
        "held_back": pulled.held_back,
        "complete": pulled.complete,
    }
