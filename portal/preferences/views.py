"""The preference page and the one-click unsubscribe (RFC 8058).

The token in the address is the only authority here: no session is read, no cookie set. A forged request would need the
token, and with the token it is the person's own request; so Django's protection against cross-site requests, which
guards cookies, has nothing to guard and would only shut out people who refuse cookies.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kernel import clock
from kernel.tenancy import brand_context
from people import links
from people.models import Person, PersonState
from portal.preferences import doing, parts, words
from portal.preferences.showing import language_for, private, show
from tenants.models import Brand

View = Callable[[HttpRequest, Brand, Person, links.Link], HttpResponse]


def for_the_person(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Read the token, find the person, and answer in her time and language; one page for whatever does not fit."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        return private(_answer(view, request, token) or _gone(request))

    return answer


def _gone(request: HttpRequest) -> HttpResponse:
    with translation.override(language_for(request)):
        return show(request, "preferences/gone.html", status=404)


def _answer(view: View, request: HttpRequest, token: str) -> HttpResponse | None:
    try:
        link = links.read(token)
    except links.BrokenLink:
        return None
    brand = Brand.objects.filter(pk=link.brand_id).first()
    if brand is None:
        return None
    with brand_context(brand.pk):
        people = Person.objects.exclude(state=PersonState.ERASED)
        person = people.filter(brand_id=brand.pk, pk=link.person_id).first()
        if person is None:
            return None
        language = language_for(request, person.language)
        with timezone.override(parts.zone_of(person, brand)), translation.override(language):
            return view(request, brand, person, link)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_person
def page(request: HttpRequest, brand: Brand, person: Person, link: links.Link) -> HttpResponse:
    """Show what the brand holds and may do; POST does what one button says."""
    form, done = parts.pressed(request, person)
    return show(request, "preferences/page.html", parts.about(brand, person) | {"form": form, "done": done})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_person
def unsubscribe(request: HttpRequest, brand: Brand, person: Person, link: links.Link) -> HttpResponse:
    """Stop marketing on the channel of the message that carried the link: at once on POST, asked first on GET."""
    done = None
    if request.method == "POST":
        at = clock.now()
        done = doing.stop_one(
            person=person, use="direct_marketing", channel=link.channel, at=at, method=doing.ONE_CLICK
        )
    context = {"brand": brand, "ink": words.ink_on(brand.colour), "done": done}
    context["channel"] = words.on_channel(link.channel)
    return show(request, "preferences/unsubscribe.html", context)
