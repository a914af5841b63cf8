"""The settings of the preference page, as a plain form: what is posted, checked and turned into what is saved."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from people.models import PrivacySettings

PAUSES = {"week": timedelta(days=7), "month": timedelta(days=30), "quarter": timedelta(days=91)}
# A browser's field for times reads 21:00 in every language.
TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
CAPS = (1, 2, 3, 5, 7)


class SettingsForm(forms.Form):
    """How a brand may reach and treat a person. `channels`, `senders` and `kinds` are the choices that concern her."""

    channels = forms.MultipleChoiceField(
        label=_("They may reach me"), required=False, widget=forms.CheckboxSelectMultiple
    )
    messages_per_week = forms.TypedChoiceField(
        label=_("At most this many messages a week"), required=False, coerce=int, empty_value=None
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=TIME)
    quiet_until = forms.TimeField(label=_("until"), required=False, widget=TIME)
    pause = forms.ChoiceField(label=_("Pause"), required=False)
    senders = forms.MultipleChoiceField(
        label=_("These may write to me"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(label=_("They may use"), required=False, widget=forms.CheckboxSelectMultiple)
    no_personalisation = forms.BooleanField(
        label=_("Do not adapt messages to me"), required=False, help_text=_("Everybody gets the same, and so do I.")
    )
    no_inference = forms.BooleanField(
        label=_("Do not guess things about me"),
        required=False,
        help_text=_("Only what I said myself counts, not what was concluded about me."),
    )
    no_retargeting = forms.BooleanField(
        label=_("Do not follow me around"),
        required=False,
        help_text=_("No advertisements because of what I looked at before."),
    )

    def __init__(
        self, data: Any = None, *, saved: PrivacySettings | None, channels: list[tuple[str, str]],
        kinds: list[tuple[str, str]], senders: list[tuple[str, str]], at: datetime,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=_initial(saved, channels, kinds, senders, at))
        self.saved, self.at = saved, at
        self._choices("channels", channels)
        self._choices("kinds", kinds)
        self._choices("senders", senders)
        self._choices("messages_per_week", [("", _("No limit of mine")), *((str(n), str(n)) for n in _caps(saved))])
        self._choices("pause", _pauses(saved, at))

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends."""
        values: dict[str, Any] = super().clean() or {}
        if (values.get("quiet_from") is None) != (values.get("quiet_until") is None):
            self.add_error("quiet_until", _("Give both times, or neither."))
        return values

    def values(self) -> dict[str, Any]:
        """Return what is to be saved. Choices that were not shown stay as they are."""
        given = self.cleaned_data
        return {
            "channels_off": self._off("channels", self.saved.channels_off if self.saved else []),
            "kinds_refused": self._off("kinds", self.saved.kinds_refused if self.saved else []),
            "senders_muted": self._off("senders", self.saved.senders_muted if self.saved else []),
            "messages_per_week": given["messages_per_week"],
            "quiet_from": given["quiet_from"],
            "quiet_until": given["quiet_until"],
            **_pause_values(given["pause"], self.saved, self.at),
            "no_personalisation": given["no_personalisation"],
            "no_inference": given["no_inference"],
            "no_retargeting": given["no_retargeting"],
        }

    def _off(self, name: str, before: list[str]) -> list[str]:
        shown = [key for key, _label in self.fields[name].choices]  # type: ignore[attr-defined]
        kept = [key for key in before if key not in shown]
        return sorted({*kept, *(key for key in shown if key not in self.cleaned_data[name])})


def _initial(
    saved: PrivacySettings | None,
    channels: list[tuple[str, str]],
    kinds: list[tuple[str, str]],
    senders: list[tuple[str, str]],
    at: datetime,
) -> dict[str, Any]:
    off = set(saved.channels_off) if saved else set()
    muted = set(saved.senders_muted) if saved else set()
    refused = set(saved.kinds_refused) if saved else set()
    values: dict[str, Any] = {
        "channels": [key for key, _label in channels if key not in off],
        "kinds": [key for key, _label in kinds if key not in refused],
        "senders": [key for key, _label in senders if key not in muted],
        "pause": _pauses(saved, at)[0][0],
    }
    if saved:
        for name in ("messages_per_week", "quiet_from", "quiet_until"):
            values[name] = getattr(saved, name)
        for name in ("no_personalisation", "no_inference", "no_retargeting"):
            values[name] = getattr(saved, name)
    return values


def _caps(saved: PrivacySettings | None) -> list[int]:
    own = {saved.messages_per_week} if saved and saved.messages_per_week is not None else set()
    return sorted({*CAPS, *own})


def _pauses(saved: PrivacySettings | None, at: datetime) -> list[tuple[str, Any]]:
    """The present state comes first, so that saving something else leaves it as it is."""
    choices: list[tuple[str, Any]] = [
        ("none", _("No pause")),
        ("week", _("For a week from now")),
        ("month", _("For a month from now")),
        ("quarter", _("For three months from now")),
        ("muted", _("Until I say otherwise")),
    ]
    if saved and saved.brand_muted:
        return [choices[-1], *choices[:-1]]
    if saved and saved.paused_until and saved.paused_until > at:
        return [
            ("kept", _("As it is now: until %(day)s") % {"day": date_format(timezone.localtime(saved.paused_until))}),
            *choices,
        ]
    return choices


def _pause_values(chosen: str, saved: PrivacySettings | None, at: datetime) -> dict[str, Any]:
    if chosen == "kept" and saved:
        return {"paused_until": saved.paused_until, "brand_muted": saved.brand_muted}
    until = at + PAUSES[chosen] if chosen in PAUSES else None
    return {"paused_until": until, "brand_muted": chosen == "muted"}
