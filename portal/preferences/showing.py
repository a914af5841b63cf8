"""How a person's own pages are answered: in her language, kept by nobody, telling nobody where she was."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from people.explanation import table

ONLY_FOR_HER = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
CHOSEN = "lang"


def private(response: HttpResponse) -> HttpResponse:
    """Return the response with the headers that keep it hers alone."""
    for name, value in ONLY_FOR_HER.items():
        response[name] = value
    return response


def chosen(request: HttpRequest) -> str:
    """Return the language that the address asks for, or nothing: a choice is kept in links, never in a cookie."""
    asked = request.GET.get(CHOSEN, "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def language_for(request: HttpRequest, own: str = "") -> str:
    """Return the language to answer in: the one chosen, else the person's own, else what the browser accepts."""
    spoken = own.lower().partition("-")[0]
    if choice := chosen(request):
        return choice
    return spoken if spoken in table() else translation.get_language_from_request(request)


def kept(request: HttpRequest) -> str:
    """Return what a link ends in so that the chosen language stays: "?lang=de", or nothing."""
    choice = chosen(request)
    return f"?{CHOSEN}={choice}" if choice else ""


def show(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Render a page of the person's in the active language, with the choice of another."""
    active = translation.get_language() or settings.LANGUAGE_CODE
    languages = [(code, translation.get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    around = {"kept": kept(request), "languages": languages, "active": active}
    response = render(request, template, around | (context or {}), status=status)
    response["Content-Language"] = active
    return response
