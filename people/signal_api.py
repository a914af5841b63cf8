"""Consent signals by REST: what a site, app or consent manager received of a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock, problems
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.idempotency import once
from people import normalise
from people.api import IdentifierPart
from people.models import Person
from people.services import Heard, Incoming, PersonErased, TwoPeople, hear_signal, upsert_persons
from people.signal_kinds import Carrier, Scope, SignalKind
from people.standards.bits import LONGEST
from tenants.authentication import caller
from tenants.models import ApiClient

MOST = 1_000


class SignalBody(serializers.Serializer[Any]):
    """One signal of one person, with where and how it came."""

    id = serializers.CharField(max_length=150, help_text=gettext_lazy("Your own name for it: sent again, it is known."))
    identifier = IdentifierPart()
    kind = serializers.ChoiceField(SignalKind.choices)
    value = serializers.CharField(
        max_length=LONGEST,
        trim_whitespace=False,
        allow_blank=True,
        help_text=gettext_lazy("The string as it came; of Global Privacy Control the value of the header."),
    )
    carrier = serializers.ChoiceField(Carrier.choices)
    scope = serializers.ChoiceField(Scope.choices)
    place = serializers.CharField(max_length=6, default="", help_text=gettext_lazy("Such as DE or US-CA, where known."))
    applicable_sections = serializers.ListField(
        child=serializers.IntegerField(min_value=-1, max_value=4_095),
        default=None,
        allow_null=True,
        max_length=64,
        help_text=gettext_lazy("GPP sections that apply (gpp_sid); without them every section does."),
    )
    seen_at = serializers.DateTimeField()


class SignalsBody(serializers.Serializer[Any]):
    """A batch of signals. One may be sent without the batch around it."""

    signals = SignalBody(many=True, help_text=gettext_lazy("1 to 1,000 signals; each gets a result of its own."))


class SignalResult(serializers.Serializer[Any]):
    """What came of one signal."""

    id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField([("recorded", "recorded"), ("known", "known"), ("refused", "refused")])
    reliable = serializers.BooleanField(required=False, allow_null=True, help_text=gettext_lazy("Null: unreadable."))
    findings = serializers.ListField(child=serializers.CharField(), required=False)
    error = serializers.CharField(required=False)
    noes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), required=False)
    effective = serializers.BooleanField(required=False)
    in_flight = serializers.IntegerField(required=False)
    problem = serializers.DictField(required=False)


class SignalAnswer(serializers.Serializer[Any]):
    """What came of each signal, in the order of the request."""

    results = SignalResult(many=True)


class Signals(APIView):
    """Report consent signals (TCF, GPP, US Privacy, Global Privacy Control): one, or up to 1,000 at a time.

    Each is kept as it came, decoded strictly and judged apart. What it says no to holds at once; a yes never becomes
    consent here. People not known yet are brought in.
    """

    scope = "consent"

    @extend_schema(request=SignalsBody, responses={200: SignalAnswer})
    @once
    def post(self, request: Request) -> Response:
        """Record them."""
        client, at = caller(request), clock.now()
        return Response({"results": [_taken(body, client, at) for body in _bodies(request.data)]})


def _bodies(data: Any) -> list[Any]:
    if not isinstance(data, Mapping):
        raise serializers.ValidationError({"signals": [_("An object is expected here.")]})
    if "signals" not in data:
        return [data]
    signals = data["signals"]
    if not isinstance(signals, list) or not 0 < len(signals) <= MOST:
        raise serializers.ValidationError({"signals": [_("A list of 1 to 1,000 signals is expected here.")]})
    return signals


def _taken(body: Any, client: ApiClient, at: datetime) -> dict[str, Any]:
    form = SignalBody(data=body)
    if not form.is_valid():
        name = body.get("id") if isinstance(body, Mapping) else None
        problem = problems.invalid(form.errors)
        return {"id": name if isinstance(name, str) else None, "status": "refused", "problem": problem}
    said = form.validated_data
    try:
        with transaction.atomic():
            heard = _heard(said, client, at)
    except DomainError as error:
        return {"id": said["id"], "status": "refused", "problem": problems.told(error)}
    signal = heard.signal
    return {
        "id": said["id"],
        "status": "recorded" if heard.new else "known",
        "reliable": signal.reliable,
        "findings": signal.findings,
        "noes": signal.noes,
        "effective": heard.in_flight == 0,
        "in_flight": heard.in_flight,
        **({"error": signal.error} if signal.error else {}),
    }


def _heard(said: Mapping[str, Any], client: ApiClient, at: datetime) -> Heard:
    place = normalise.country(said["place"]) if said["place"] else ""
    return hear_signal(
        person=_person(client.brand_id, said["identifier"], min(said["seen_at"], at), at),
        kind=said["kind"],
        value=said["value"],
        carrier=said["carrier"],
        scope=said["scope"],
        place=place,
        applicable=said["applicable_sections"],
        seen_at=said["seen_at"],
        idempotency_key=f"{client.pk}:{said['id']}",
        by=Actor.client(client),
        at=at,
    )


def _person(brand_id: UUID, identifier: Mapping[str, str], seen_at: datetime, at: datetime) -> Person:
    kind = identifier["kind"]
    value = normalise.identifier(kind, identifier["value"], identifier["country"])
    rows = [Incoming(identifiers=((kind, value),), observed_at=seen_at)]
    (brought,) = upsert_persons(brand_id=brand_id, rows=rows, source=None, at=at)
    if brought.erased:
        raise PersonErased(_("This person was erased; nothing is recorded about her."))
    if brought.others or brought.person_id is None:
        raise TwoPeople(_("The identifier belongs to different people."))
    return Person.objects.get(brand_id=brand_id, pk=brought.person_id)
