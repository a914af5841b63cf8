"""Consent by REST: partners report what people said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock, problems
from kernel.actors import Actor
from kernel.idempotency import once
from people import event_bodies, streams
from people.models import Basis, Consent, IdentifierKind
from people.services.reported import Report, Reported, report_consents
from tenants.authentication import caller
from tenants.models import ApiClient

MOST = 10_000


class IdentifierPart(serializers.Serializer[Any]):
    """By what the person is known."""

    kind = serializers.ChoiceField(IdentifierKind.choices)
    value = serializers.CharField(max_length=254)
    country = serializers.CharField(max_length=6, default="", help_text=_("For national phone numbers."))


class ConsentEventBody(serializers.Serializer[Any]):
    """One thing that a person said or did about one use of her data on one channel."""

    id = serializers.CharField(max_length=150, help_text=_("Your own name for the event: reported again, it is known."))
    identifier = IdentifierPart()
    purpose = serializers.CharField(max_length=40, help_text=_("A use such as direct_marketing or profiling."))
    channel = serializers.CharField(max_length=20, help_text=_("A channel such as email; “any” to say no to all."))
    state = serializers.ChoiceField(Consent.choices)
    happened_at = serializers.DateTimeField()
    basis = serializers.ChoiceField(Basis.choices, default=Basis.CONSENT)
    expires_at = serializers.DateTimeField(default=None, allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=80, default="", allow_blank=True, help_text=_("Key of a data source.")
    )
    method = serializers.CharField(max_length=40, default="", allow_blank=True)
    notice_version = serializers.CharField(max_length=80, default="", allow_blank=True)
    wording = serializers.CharField(max_length=4_000, default="", allow_blank=True)
    evidence = serializers.DictField(default=dict)


class ConsentEventsBody(serializers.Serializer[Any]):
    """A batch of events. One event may be sent without the batch around it."""

    events = ConsentEventBody(many=True, help_text=_("1 to 10,000 events; each gets a result of its own."))


class ConsentResult(serializers.Serializer[Any]):
    """What came of one event."""

    id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField([("recorded", "recorded"), ("known", "known"), ("refused", "refused")])
    event = serializers.UUIDField(required=False)
    effective = serializers.BooleanField(
        required=False, help_text=_("False while a message that was handed over before is not settled yet.")
    )
    in_flight = serializers.IntegerField(required=False)
    problem = serializers.DictField(required=False)


class ConsentAnswer(serializers.Serializer[Any]):
    """What came of each event, in the order of the request."""

    results = ConsentResult(many=True)


class ConsentEvents(APIView):
    """Report consents, refusals, withdrawals and objections: one, or up to 10,000 at a time.

    Each event gets its own result; what is wrong with one does not stop the others. People not known yet are brought
    in, also by a no.
    """

    scope = "consent"

    @extend_schema(request=ConsentEventsBody, responses={200: ConsentAnswer})
    @once
    def post(self, request: Request) -> Response:
        """Record them."""
        return Response({"results": take(_bodies(request.data), caller(request), clock.now())})


class ConsentEventStream(APIView):
    """Report any number of consent events as a stream: NDJSON, one event a line, gzip or plain.

    Events are recorded as they arrive, by the thousand; the answer is NDJSON, too: one line of counts for each part,
    with the lines that were refused, and a last one that says whether all was read. What was recorded stays recorded
    when the connection breaks; the same stream sent again is known and changes nothing.
    """

    scope = "consent"
    parser_classes = [streams.Untouched]
    content_negotiation_class = streams.AnyAccept

    @extend_schema(request={streams.NDJSON: str}, responses={(200, streams.NDJSON): streams.PartBody})
    def post(self, request: Request) -> StreamingHttpResponse:
        """Read and record them."""
        client = caller(request)
        lines = streams.lines_of(request)
        parts = streams.answer(lines, brand_id=client.brand_id, take=lambda bodies: take(bodies, client, clock.now()))
        return StreamingHttpResponse(parts, content_type=streams.NDJSON)


def take(bodies: Sequence[Any], client: ApiClient, at: datetime) -> list[dict[str, Any]]:
    """Record decoded events and return what came of each, in order."""
    plain = [event_bodies.plain(body, client.pk) for body in bodies]
    forms = {n: ConsentEventBody(data=bodies[n]) for n, event in enumerate(plain) if event is None}
    good = {n: _reported(form.validated_data, client.pk) for n, form in forms.items() if form.is_valid()}
    events = {n: event or good[n] for n, event in enumerate(plain) if event or n in good}
    reports = report_consents(brand_id=client.brand_id, events=list(events.values()), by=Actor.client(client), at=at)
    told = dict(zip(events, reports, strict=True))
    own = len(f"{client.pk}:")
    return [
        _result(events[n].key[own:], told[n]) if n in told else _malformed(forms[n], body)
        for n, body in enumerate(bodies)
    ]


def _bodies(data: Any) -> list[Any]:
    if not isinstance(data, Mapping):
        raise serializers.ValidationError({"events": [_("An object is expected here.")]})
    if "events" not in data:
        return [data]
    events = data["events"]
    if not isinstance(events, list) or not 0 < len(events) <= MOST:
        raise serializers.ValidationError({"events": [_("A list of 1 to 10,000 events is expected here.")]})
    return events


def _reported(said: Mapping[str, Any], client_id: Any) -> Reported:
    known = {name: said[name] for name in said if name not in ("id", "identifier")}
    # The name is the reporter's own: two partners may use the same one.
    return Reported(key=f"{client_id}:{said['id']}", **said["identifier"], **known)


def _malformed(form: ConsentEventBody, body: Any) -> dict[str, Any]:
    name = body.get("id") if isinstance(body, Mapping) else None
    return {
        "id": name if isinstance(name, str) else None,
        "status": "refused",
        "problem": problems.invalid(form.errors),
    }


def _result(name: str, report: Report) -> dict[str, Any]:
    if report.refusal is not None:
        return {"id": name, "status": "refused", "problem": problems.told(report.refusal)}
    return {
        "id": name,
        "status": "recorded" if report.new else "known",
        "event": report.event,
        "effective": report.effective,
        "in_flight": report.in_flight,
    }
