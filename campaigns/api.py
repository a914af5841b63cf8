"""The campaigns by REST: reading, and the form of a registration."""

from collections.abc import Mapping
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from campaigns.models import Campaign
from facts import reading
from facts.errors import InvalidDocument
from facts.schema import json_schema
from kernel.bodies import plain, text_of
from kernel.pages import Pages
from tenants.authentication import caller

SCHEMA_SECONDS = 300


class YamlBody(BaseParser):
    """A YAML body (RFC 9512), read as strictly as a registration document."""

    media_type = "application/yaml"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the decoded body. Raises ParseError (a 400) with the place and the reason."""
        try:
            return plain(reading.read(text_of(stream), form="yaml").data)
        except InvalidDocument as error:
            raise ParseError(_("The body cannot be used: %(reason)s.") % {"reason": error}) from error


class CampaignAnswer(serializers.ModelSerializer[Campaign]):
    """One campaign as it stands in its draft."""

    class Meta:
        model = Campaign
        fields = (
            "key",
            "name",
            "facts",
            "content",
            "schedule",
            "audience",
            "sources",
            "integrations",
            "revision",
            "created_at",
            "changed_at",
        )
        read_only_fields = fields


class Campaigns(generics.ListAPIView[Campaign]):
    """The brand's campaigns, in the order of their registration."""

    scope = "register"
    serializer_class = CampaignAnswer
    pagination_class = Pages
    queryset = Campaign.objects.none()

    def get_queryset(self) -> QuerySet[Campaign]:
        """Return those of the client's brand."""
        return Campaign.objects.filter(brand_id=caller(self.request).brand_id)


class OneCampaign(generics.RetrieveAPIView[Campaign]):
    """One campaign."""

    scope = "register"
    serializer_class = CampaignAnswer
    lookup_field = "key"
    queryset = Campaign.objects.none()

    def get_queryset(self) -> QuerySet[Campaign]:
        """Return those of the client's brand."""
        return Campaign.objects.filter(brand_id=caller(self.request).brand_id)


class RegistrationSchema(APIView):
    """The JSON Schema (draft 2020-12) of a registration document. Public."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: Request) -> Response:
        """Return it."""
        answer = Response(json_schema(), content_type="application/schema+json")
        patch_cache_control(answer, public=True, max_age=SCHEMA_SECONDS)
        return answer
