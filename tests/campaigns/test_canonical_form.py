"""The hash of a version depends on what was said and on nothing else."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import document, queries
from campaigns.services import freeze, register_and_tell
from facts.document import normalise
from kernel import clock
from kernel.canonical import canonical, fingerprint
from tests.campaigns.conftest import a_document
from tests.conftest import SYSTEM
from tests.registrations import deviations

ON_THE_DATABASE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class RolledBack(Exception):
    pass


def shuffled(value, random):
    """The same data with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(entry, random) for entry in value] if isinstance(value, list) else value


def manifest(found, audience=None, kinds="list"):
    sources = found["sources"]
    registered = document.registration(
        brand=found["brand"],
        sources=sources,
        campaign=found["campaign"],
        content=found.get("content", {}),
        schedule=found.get("schedule", {}),
        integrations=found.get("integrations", []),
    )
    hashes = {source["key"]: fingerprint([source, kinds]) for source in sources}
    return document.manifest(registered=registered, audience=audience or {}, sources=hashes)


@given(deviations(), st.randoms(use_true_random=False))
def test_the_bytes_do_not_depend_on_the_order_of_keys(found, random):
    assert canonical(manifest(shuffled(found, random))) == canonical(manifest(found))


@given(deviations())
def test_the_bytes_outlive_a_journey_through_json(found):
    data = canonical(manifest(found))
    assert canonical(json.loads(data)) == data


@given(deviations(), deviations())
def test_two_documents_have_the_same_hash_only_if_they_say_the_same(one, other):
    same = canonical(normalise(one)) == canonical(normalise(other))
    assert (fingerprint(manifest(one)) == fingerprint(manifest(other))) == same


@given(
    st.dictionaries(st.sampled_from(["subject", "html", "text", "landing_url"]), st.text(max_size=20)),
    st.dictionaries(st.sampled_from(["subject", "html", "text", "landing_url"]), st.text(max_size=20)),
)
def test_any_other_content_is_another_hash(one, other):
    hashes = {fingerprint(manifest(a_document(content=content))) for content in (one, other)}
    assert len(hashes) == (1 if one == other else 2)


@given(st.lists(st.sampled_from("abcd"), unique=True), st.lists(st.sampled_from("abcd"), unique=True))
def test_any_other_audience_is_another_hash_and_any_order_of_sources_the_same(one, other):
    def hashed(keys):
        return fingerprint(manifest(a_document(sources=[{"key": key} for key in keys])))

    assert (hashed(one) == hashed(other)) == (set(one) == set(other))
    assert fingerprint(manifest(a_document(), {"sources": one})) != fingerprint(
        manifest(a_document(), {"where": other})
    )


def register_twice_and_freeze(brand, found, random):
    done = register_and_tell(brand=brand, document=found, by=SYSTEM, at=clock.now())
    version = freeze(campaign=done.campaign, by=SYSTEM, at=clock.now())
    again = register_and_tell(brand=brand, document=shuffled(found, random), by=SYSTEM, at=clock.now())
    assert not again.changed
    assert freeze(campaign=again.campaign, by=SYSTEM, at=clock.now()) == version
    return version


@ON_THE_DATABASE
@given(found=deviations(), random=st.randoms(use_true_random=False))
def test_registering_again_and_freezing_again_change_nothing(at_northwind, found, random):
    found["brand"] = None
    with pytest.raises(RolledBack), transaction.atomic():
        version = register_twice_and_freeze(at_northwind, found, random)
        assert bytes(version.manifest) == canonical(queries.manifest(version))
        assert version.sha256 == fingerprint(queries.manifest(version))
        raise RolledBack


@ON_THE_DATABASE
@given(one=deviations(), other=deviations())
def test_a_version_is_new_exactly_when_the_document_says_something_new(at_northwind, one, other):
    one["brand"] = other["brand"] = None
    with pytest.raises(RolledBack), transaction.atomic():
        versions = []
        for found in (one, other):
            done = register_and_tell(brand=at_northwind, document=found, by=SYSTEM, at=clock.now())
            versions.append(freeze(campaign=done.campaign, by=SYSTEM, at=clock.now()))
        assert (versions[0] == versions[1]) == (canonical(normalise(one)) == canonical(normalise(other)))
        raise RolledBack
