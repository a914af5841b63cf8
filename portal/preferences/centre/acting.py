"""What the buttons do that only a proved address shows: set right, erase."""

from django.http import HttpRequest

from kernel import clock
from people.models import Person
from portal.preferences import doing
from portal.preferences.centre.forms import CorrectionForm


def correction_form(person: Person, posted: object = None) -> CorrectionForm:
    """Return the form with what is held, or with what was posted."""
    return CorrectionForm(posted, person=person, year_now=clock.today().year)


def act(
    request: HttpRequest, person: Person, done: doing.Done | None
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
    if "erase" in request.POST and request.POST.get("sure") == "yes":
        return None, doing.erase(person=person, at=at)
    return None, None
