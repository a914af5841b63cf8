"""A brand may be stricter with itself about the light touch, never milder."""

import pytest
from django.db import IntegrityError, transaction

from audits.engine.light_touch.table import load_table, stricter
from audits.models import CaseState
from audits.services.deciding import RulesChanged
from kernel.errors import Invalid, NotPermitted
from tenants.models import LIGHT_FROM, MIXED_FROM, Brand
from tenants.services import set_bands
from tests import factories
from tests.conftest import NOW, acting
from trail.models import Entry

pytestmark = pytest.mark.django_db


def banded(brand, light, mixed, by=None):
    with acting(brand, by or factories.owner_of(brand)) as actor:
        return set_bands(brand=brand, light_from=light, mixed_from=mixed, by=actor, at=NOW)


def test_the_platforms_bands_are_those_of_the_table():
    assert (load_table().light, load_table().mixed) == (LIGHT_FROM, MIXED_FROM)


def test_the_owner_sets_stricter_bands_and_the_trail_tells_it(northwind):
    assert banded(northwind, 90, 70).bands == {"light": 90, "mixed": 70}
    with acting(northwind):
        (entry,) = Entry.objects.filter(verb="brand.bands")
    assert entry.details == {"light": [80, 90], "mixed": [60, 70]}


@pytest.mark.parametrize(("light", "mixed"), [(79, 60), (80, 59), (101, 60), (85, 86)])
def test_milder_bands_are_refused(northwind, light, mixed):
    with pytest.raises(Invalid, match="between"):
        banded(northwind, light, mixed)


def test_the_database_refuses_milder_bands_whoever_writes(northwind):
    with acting(northwind), pytest.raises(IntegrityError, match="never_milder"), transaction.atomic():
        Brand.objects.filter(pk=northwind.pk).update(light_from=50)


def test_who_may_not_manage_the_brand_may_not_set_them(northwind):
    with pytest.raises(NotPermitted):
        banded(northwind, 90, 70, by=factories.officer_of(northwind))


def test_milder_bands_handed_to_the_engine_change_nothing():
    told = stricter(load_table(), {"light": 10, "mixed": 5})
    assert (told.light, told.mixed) == (LIGHT_FROM, MIXED_FROM)


def test_a_case_is_judged_by_the_bands_of_its_brand(northwind):
    banded(northwind, 100, 98)
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    assert case.verdict["should"]["bands"] == {"light": 100, "mixed": 98}
    assert case.verdict["should"]["verdict"] == "heavy"


def test_what_was_judged_by_other_bands_is_not_approved(northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    banded(northwind, 99, 98)
    with pytest.raises(RulesChanged):
        factories.decided(case, factories.DECISIONS[CaseState.APPROVED])
