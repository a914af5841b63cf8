"""What the OpenAPI document says of every operation: who may call it, how it is repeated, how it fails."""

from typing import Any, cast

from django.conf import settings
from django.urls import reverse_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from kernel.idempotency import HEADER, LONGEST

PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "A stable name: urn:lighttouch:problem:<code>."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong, in words."},
        "place": {"type": "string", "description": "The field or the place in the document that is at fault."},
        "remedy": {"type": "string", "description": "What to do about it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"place": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
SCOPES = cast(dict[str, str], settings.OAUTH2_PROVIDER["SCOPES"])
FAILURE = {
    "description": "A problem. Nothing was done.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST},
    OpenApiParameter.HEADER,
    required=True,
    description="A new random value for each new request, the same one when repeating it. The repeat gets the first"
    " answer again, with `Idempotency-Replayed: true`, for 30 days.",
)


class Schema(AutoSchema):
    """How one view is described."""

    def get_override_parameters(self) -> list[Any]:
        """Return the header of what is done once."""
        method = getattr(self.view, self.method.lower())
        return [*super().get_override_parameters(), *([KEY] if getattr(method, "once", False) else [])]


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

    target_class = "tenants.authentication.ClientAuthentication"
    name = "client"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme with its scopes."""
        flow = {"tokenUrl": str(reverse_lazy("oauth-token")), "scopes": SCOPES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """Return the scope that the view needs."""
        return {self.name: [auto_schema.view.scope]}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to each operation how it fails."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = FAILURE
    return result
