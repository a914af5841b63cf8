"""Registering, submitting and reading verdicts by REST."""

from typing import Any, cast

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits import packs_in_use, preview, queries, services
from audits.house import PREFIX
from audits.models import Case, CaseState, Decision, DecisionKind
from campaigns import queries as campaigns
from campaigns import services as register
from campaigns.api import CampaignAnswer, YamlBody
from campaigns.models import Campaign
from kernel import clock
from kernel.actors import Actor
from kernel.bodies import JsonBody
from kernel.errors import Invalid
from kernel.idempotency import once
from sources.api import SourceAnswer
from tenants.authentication import caller


class OtherKey(Invalid):
    """The document's campaign has another key than the address."""

    code = "other_key"


class Entry(serializers.Serializer[Any]):
    """What became of one entry of the document."""

    kind = serializers.ChoiceField([("source", "source"), ("campaign", "campaign")])
    key = serializers.CharField()
    outcome = serializers.ChoiceField([("made", "made"), ("changed", "changed"), ("unchanged", "unchanged")])


class RegistrationAnswer(serializers.Serializer[Any]):
    """What is registered now, and the verdict on what was declared."""

    campaign = CampaignAnswer()
    sources = SourceAnswer(many=True)
    entries = Entry(many=True)
    verdict = serializers.DictField(help_text=_("The verdict on what is declared; nothing is measured or decided."))


class CaseAnswer(serializers.ModelSerializer[Case]):
    """One audit case."""

    version = serializers.IntegerField(source="version.number", read_only=True)
    state = serializers.ChoiceField(CaseState.choices, read_only=True)

    class Meta:
        model = Case
        fields = ("id", "state", "version", "sha256", "note", "submitted_at", "checked_at", "closed_at")
        read_only_fields = fields


class DecisionAnswer(serializers.ModelSerializer[Decision]):
    """What an officer decided."""

    kind = serializers.ChoiceField(DecisionKind.choices, read_only=True)

    class Meta:
        model = Decision
        fields = ("kind", "reason", "sha256", "decided_at")
        read_only_fields = fields


class VerdictAnswer(serializers.Serializer[Any]):
    """Where the campaign's audit stands."""

    campaign = serializers.CharField()
    case = CaseAnswer(allow_null=True)
    decision = DecisionAnswer(allow_null=True)
    verdict = serializers.DictField(help_text=_("The case's verdict; before the first submission that on the draft."))
    measured = serializers.DictField(help_text=_("What was measured in consent records and settings: counts only."))


class Registrations(APIView):
    """Register a document: its data sources and its campaign, or nothing of it.

    JSON or YAML, as `/api/v1/registration.schema.json` says. What is registered already is brought up to date.
    """

    scope = "register"
    parser_classes = (JsonBody, YamlBody)

    @extend_schema(request=dict[str, Any], responses={200: RegistrationAnswer, 201: RegistrationAnswer})
    @once
    def post(self, request: Request) -> Response:
        """Register it."""
        return _register(request)


class Registration(APIView):
    """The registration document of one campaign, as its draft stands."""

    scope = "register"
    parser_classes = (JsonBody, YamlBody)

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: Request, key: str) -> Response:
        """Return it."""
        return Response(campaigns.document_of(_campaign(request, key)))

    @extend_schema(request=dict[str, Any], responses={200: RegistrationAnswer, 201: RegistrationAnswer})
    def put(self, request: Request, key: str) -> Response:
        """Register a document under its own key; the same document again changes nothing."""
        said = request.data.get("campaign") if isinstance(request.data, dict) else None
        if isinstance(said, dict) and said.get("key") != key:
            raise OtherKey(gettext("The document's campaign has another key than the address."), place="campaign.key")
        return _register(request)


class Submissions(APIView):
    """Hand a campaign in: it is frozen as it stands, checked, and waits for an officer."""

    scope = "register"

    @extend_schema(request=None, responses={202: CaseAnswer})
    @once
    def post(self, request: Request, key: str) -> Response:
        """Submit it; the verdict comes when it is checked."""
        campaign = _campaign(request, key)
        case = services.submit(campaign=campaign, by=Actor.client(caller(request)), at=clock.now())
        return Response(CaseAnswer(case).data, status=202)


class CampaignVerdict(APIView):
    """Where the campaign's audit stands: its case, the verdict, what was measured, what was decided."""

    scope = "register"

    @extend_schema(responses={200: VerdictAnswer})
    def get(self, request: Request, key: str) -> Response:
        """Return it."""
        campaign = _campaign(request, key)
        case = queries.case_of(campaign)
        decision = case.decisions.order_by("-decided_at").first() if case else None
        return Response(
            {
                "campaign": campaign.key,
                "case": CaseAnswer(case).data if case else None,
                "decision": DecisionAnswer(decision).data if decision else None,
                "verdict": case.verdict if case else _declared(campaign),
                "measured": case.measured if case else {},
            }
        )


class PackAnswer(serializers.Serializer[Any]):
    """One rule pack that the brand is judged by."""

    code = serializers.CharField()
    title = serializers.CharField()
    version = serializers.CharField()
    sha256 = serializers.CharField(help_text=_("As in the `packs` of a verdict, without `sha256:`."))
    rules = serializers.IntegerField(help_text=_("How many."))
    house = serializers.BooleanField(help_text=_("Whether it is the brand's own."))


class RulePacks(APIView):
    """The rule packs in use: those of the law, and the brand's own house packs that are on."""

    scope = "register"

    @extend_schema(responses={200: PackAnswer(many=True)})
    def get(self, request: Request) -> Response:
        """Return them by code."""
        packs = sorted(packs_in_use(caller(request).brand_id).packs, key=lambda pack: pack.code)
        found = [
            {
                "code": pack.code,
                "title": pack.title,
                "version": pack.version,
                "sha256": pack.sha256,
                "rules": len(pack.rules),
                "house": pack.code.startswith(PREFIX),
            }
            for pack in packs
        ]
        return Response(found)


def _campaign(request: Request, key: str) -> Campaign:
    found = campaigns.by_key(caller(request).brand_id, key)
    if found is None:
        raise Http404
    return found


def _register(request: Request) -> Response:
    client, at, document = caller(request), clock.now(), cast(dict[str, Any], request.data)
    done = register.register_and_tell(brand=client.brand, document=document, by=Actor.client(client), at=at)
    campaign = done.campaign
    entries = [{"kind": kind, "key": key, "outcome": outcome.value} for kind, key, outcome in done.entries]
    body = {
        "campaign": CampaignAnswer(campaign).data,
        "sources": SourceAnswer(list(campaigns.sources_of(campaign).values()), many=True).data,
        "entries": entries,
        "verdict": _declared(campaign),
    }
    return Response(body, status=201 if entries[-1]["outcome"] == "made" else 200)


def _declared(campaign: Campaign) -> dict[str, Any]:
    return preview.judge_draft(campaigns.document_of(campaign), clock.today(), campaign.brand_id)
