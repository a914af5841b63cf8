"""What is measured on several channels, and what is found to have changed."""

from hypothesis import given
from hypothesis import strategies as st

from audits.differences import changed_places
from audits.measuring import worst


def test_the_worst_of_each_fact_counts():
    email = {"audience_size": 10, "with_valid_consent_share": 0.9, "objected": 1}
    sms = {"audience_size": 10, "with_valid_consent_share": 0.2, "objected": 4}
    assert worst([email, sms]) == {"audience_size": 10, "with_valid_consent_share": 0.2, "objected": 4}


def test_a_fact_that_is_unknown_on_one_channel_is_unknown():
    assert worst([{"oldest_consent_months": 3, "minors": 0}, {"minors": None}]) == {}
    assert worst([]) == {}


COUNTS = st.fixed_dictionaries({}, optional={name: st.integers(0, 9) for name in ("minors", "objected", "suppressed")})


@given(st.lists(COUNTS, min_size=1, max_size=4))
def test_one_more_channel_never_makes_it_look_better(rows):
    before, after = worst(rows[:-1] or rows), worst(rows)
    assert after.keys() <= before.keys()
    assert all(after[name] >= before[name] for name in after)


def test_changes_are_named_by_their_place():
    def manifest(**more):
        document = {"registration": 1, "campaign": {"timing": {"per_week": 1}}, "sources": [{"key": "shop", "age": 3}]}
        return {"registration": document | more, "audience": {"sources": ["shop"], "where": []}, "sources": {}}

    assert changed_places(manifest(), manifest()) == []
    assert changed_places(manifest(), manifest(campaign={"timing": {"per_week": 2}})) == ["campaign.timing.per_week"]
    assert changed_places(manifest(), manifest(sources=[{"key": "shop"}])) == ["source.shop.age"]
    assert changed_places(manifest(), manifest(sources=[])) == ["source.shop"]
    assert changed_places(manifest(), manifest(content={"subject": "x"})) == ["content"]
