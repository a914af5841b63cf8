"""What the buttons do that only a proved address shows: allow again, set right, restrict, erase."""

from django.http import HttpRequest

from kernel import clock
from people.ledger import POSITIVE
from people.models import ConsentState, Person
from portal.preferences import doing
from portal.preferences.centre.forms import CorrectionForm
from portal.preferences.parts import channels_of
from tenants.models import Brand


def correction_form(person: Person, posted: object = None) -> CorrectionForm:
    """Return the form with what is held, or with what was posted."""
    return CorrectionForm(posted, person=person, year_now=clock.today().year)


def act(
    request: HttpRequest, brand: Brand, person: Person, done: doing.Done | None
) -> tuple[CorrectionForm | None, doing.Done | None]:
    """Do what one button says. Returns a form that could not be used, and what took effect."""
    at = clock.now()
    if request.method != "POST" or done is not None:
        return None, done
    if "correct" in request.POST:
        form = correction_form(person, request.POST)
        if not form.is_valid():
            return form, None
        return None, doing.correct(person=person, values=form.cleaned_data, at=at)
    if request.POST.get("allow") in allowable(person):
        return None, doing.allow(brand=brand, person=person, channel=request.POST["allow"], at=at)
    if "restrict" in request.POST or "unrestrict" in request.POST:
        return None, doing.restrict(person=person, restricted="restrict" in request.POST, at=at)
    if "erase" in request.POST and request.POST.get("sure") == "yes":
        return None, doing.erase(person=person, at=at)
    return None, None


def allowable(person: Person) -> list[str]:
    """Return the channels on which she could be reached and has not agreed to marketing."""
    states = ConsentState.objects.filter(brand_id=person.brand_id, person=person, purpose="direct_marketing")
    agreed = set(states.filter(state__in=POSITIVE).values_list("channel", flat=True))
    said = set(states.values_list("channel", flat=True))
    # Asked of those alone who once said something about it: nobody is talked into a new channel here.
    return [key for key, _words in channels_of(person, []) if key in said - agreed]
