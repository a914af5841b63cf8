"""The forms of the preference centre: the address to prove, and what a person may set right herself."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from people import normalise
from people.models import Person


class AddressForm(forms.Form):
    """The e-mail address to which the link goes."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=normalise.LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={"required": _("Write your e-mail address here.")},
    )

    def clean_email(self) -> str:
        """Return the address in its one form."""
        try:
            return normalise.email(self.cleaned_data["email"])
        except normalise.Unusable:
            raise forms.ValidationError(_("This is not an e-mail address, such as name@example.org.")) from None


class CorrectionForm(forms.Form):
    """What she sets right herself; empty takes a value out."""

    language = forms.ChoiceField(label=_("My language"), required=False)
    country = forms.CharField(
        label=_("My country"), required=False, max_length=6, help_text=_("Two letters, such as FR.")
    )
    birth_year = forms.CharField(
        label=_("My year of birth"),
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    time_zone = forms.CharField(
        label=_("My time zone"), required=False, max_length=64, help_text=_("Such as Europe/Paris.")
    )

    def __init__(self, data: Any = None, *, person: Person, year_now: int) -> None:
        held = {name: getattr(person, name) or "" for name in ("language", "country", "birth_year", "time_zone")}
        super().__init__(data, initial=held)
        self.year_now = year_now
        spoken = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
        others = [] if held["language"] in dict(spoken) else [(held["language"], held["language"] or "")]
        choices = [*others, *spoken] if others else [*spoken, ("", "")]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]

    def clean_country(self) -> str:
        """A country by its code."""
        return self._usable("country", _("This is not a country's code of two letters."))

    def clean_time_zone(self) -> str:
        """A time zone by its name."""
        return self._usable("time_zone", _("This is not the name of a time zone."))

    def clean_birth_year(self) -> str:
        """A year that somebody alive can be born in."""
        value = str(self.cleaned_data["birth_year"]).strip()
        if value and not (value.isascii() and value.isdigit() and 1900 <= int(value) <= self.year_now):
            raise forms.ValidationError(_("This is not a year of birth."))
        return value

    def _usable(self, name: str, otherwise: Any) -> str:
        value = str(self.cleaned_data[name]).strip()
        if not value:
            return ""
        try:
            return str(getattr(normalise, name)(value))
        except normalise.Unusable:
            raise forms.ValidationError(otherwise) from None
