"""Whatever a partner sends is registered or refused with a place; it never breaks, and it never half enters."""

import copy

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import audience, queries
from campaigns.models import Campaign
from campaigns.services import freeze, register_document
from kernel import clock
from kernel.canonical import canonical
from kernel.errors import DomainError
from sources.answers import InvalidAnswers, checked
from sources.models import DataSource
from tests.campaigns.conftest import a_document
from tests.conftest import SYSTEM

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["GB", "main", "email", "spring", "\x00", "\ud800", "2026-12-01", "https://a.example/"])
)
JSON = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3)
)


def places(value, path=()):
    """Every path of a document."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in entries:
        yield from places(below, (*path, key))


PLACES = [path for path in places(a_document(integrations=[], schedule={"from": "2026-12-01"})) if path]
# Where a document holds more than closed answers, and what only the register itself can refuse there.
OPEN = [("campaign", "name"), ("sources", 0, "name"), ("content", "text"), ("integrations",), ("brand", "name")]
TRICKY = st.sampled_from(["", "a\x00b", "n" * 201, ["nowhere"], ["main"], "Contoso", "\ud800"])


@st.composite
def damaged(draw):
    """The exemplary document with up to three places replaced by anything."""
    document = copy.deepcopy(a_document(integrations=[], schedule={"from": "2026-12-01"}))
    for path in draw(st.lists(st.sampled_from(OPEN) | st.sampled_from(PLACES), min_size=1, max_size=3)):
        here = document
        try:
            for key in path[:-1]:
                here = here[key]
            here[path[-1]] = draw(TRICKY | JSON)
        except (KeyError, IndexError, TypeError):
            continue
    return document


@given(JSON | damaged())
def test_a_document_is_understood_or_refused_with_what_was_found_and_expected(data):
    try:
        found = checked(data)
    except InvalidAnswers as error:
        assert error.expected and str(error)
    else:
        canonical(found.document)


@given(JSON, st.lists(st.text(max_size=5), max_size=3))
def test_an_audience_is_understood_or_refused(definition, sources):
    try:
        found = audience.checked(definition, sources)
    except InvalidAnswers as error:
        assert error.place.startswith("audience")
    else:
        assert audience.checked(found, sources) == found
        canonical(found)


class RolledBack(Exception):
    pass


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=damaged())
def test_a_document_enters_whole_or_not_at_all(at_northwind, document):
    with pytest.raises(RolledBack), transaction.atomic():
        try:
            made = register_document(brand=at_northwind, document=document, by=SYSTEM, at=clock.now())
        except DomainError:
            assert not DataSource.objects.exists() and not Campaign.objects.exists()
        else:
            version = freeze(campaign=made, by=SYSTEM, at=clock.now())
            assert queries.present_sha256(Campaign.objects.get(pk=made.pk)) == version.sha256
        raise RolledBack
