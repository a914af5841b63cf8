"""POST consent-events/stream: any number of consent events, one a line, answered part by part."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.tenancy import brand_context
from people import event_bodies, streams
from people.api import ConsentEventBody
from people.models import ConsentEvent, Person
from tests.api.test_partners_report_consent import event, states
from tests.conftest import with_token

STREAM = "/api/v1/consent-events/stream"


def lines(*events):
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def send(api, body, **more):
    return api.generic("POST", STREAM, body, content_type=streams.NDJSON, **more)


def told(answer):
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_every_line_is_an_event(northwind, percy):
    *_parts, last = told(send(with_token(percy), lines(event("a"), event("b", "otto@example.com"))))
    assert last == {"lines": 2, "recorded": 2, "known": 0, "refused": 0, "complete": True}
    assert len(states(northwind)) == 2


def test_the_same_stream_again_is_known(percy):
    api, body = with_token(percy), lines(event("a"), event("b"))
    told(send(api, body))
    assert told(send(api, body))[-1]["known"] == 2


def test_what_is_wrong_with_a_line_is_told_with_its_number_and_stops_no_other(northwind, percy):
    body = lines(event("a")) + b"nonsense\n\n" + lines(event("b", state="perhaps"), event("c", "x@example.com"))
    part, last = told(send(with_token(percy), body))
    assert [(one["line"], bool(one["problem"]["detail"])) for one in part["problems"]] == [(2, True), (3, True)]
    assert (last["recorded"], last["refused"], last["complete"]) == (2, 2, True)


def test_parts_are_recorded_one_after_the_other(northwind, percy, monkeypatch):
    monkeypatch.setattr(streams, "PART", 2)
    body = lines(*(event(f"e{n}", f"p{n}@example.com") for n in range(5)))
    assert [one["lines"] for one in told(send(with_token(percy), body))] == [2, 4, 5, 5]


def test_what_was_recorded_before_a_fault_stays_and_the_answer_says_that_more_is_missing(northwind, percy, monkeypatch):
    monkeypatch.setattr(streams, "PART", 1)
    api, body = with_token(percy), lines(event("a"), event("b")) + b"x" * (streams.LONGEST_LINE + 1)
    last = told(send(api, body))[-1]
    assert (last["complete"], last["lines"]) == (False, 2) and last["problem"]["remedy"]
    with brand_context(northwind.pk):
        assert ConsentEvent.objects.count() == 2


def test_a_stream_may_be_compressed(percy):
    body = gzip.compress(lines(event("a"), event("b")))
    assert told(send(with_token(percy), body, HTTP_CONTENT_ENCODING="gzip"))[-1]["recorded"] == 2


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(lines(event("a")))[:-9]])
def test_a_compressed_stream_that_is_broken_is_never_called_complete(percy, body):
    last = told(send(with_token(percy), body, HTTP_CONTENT_ENCODING="gzip"))[-1]
    assert last["complete"] is False


def test_a_stream_of_nothing_is_complete(percy):
    assert told(send(with_token(percy), b" \n", HTTP_ACCEPT=streams.NDJSON))[-1]["complete"] is True


def test_the_refusals_told_are_bounded(percy, monkeypatch):
    monkeypatch.setattr(streams, "REFUSALS_TOLD", 3)
    answer = told(send(with_token(percy), b"x\n" * 10))
    assert sum(len(one.get("problems", ())) for one in answer) == 3
    assert answer[-1]["refused"] == 10


def test_without_the_scope_nothing_is_read(northwind, percy):
    assert send(with_token(percy, "register"), lines(event())).status_code == 403
    assert states(northwind) == []


def test_another_media_type_is_refused(percy):
    assert with_token(percy).generic("POST", STREAM, b"{}", content_type="text/plain").status_code == 415


def test_people_named_twice_in_a_part_are_one(northwind, percy):
    told(send(with_token(percy), lines(*(event(f"e{n}", "Nora@example.com") for n in range(5)))))
    with brand_context(northwind.pk):
        assert Person.objects.count() == 1


TEXTS = ["", "x", " x", "given", "é" * 5_000, "2026-11-20T10:00:00", "2026-11-20T10:00:00+02:00"]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just({}), st.just("2026-11-20T10:00:00")
)


@given(st.dictionaries(st.sampled_from([*event(), "basis", "source", "expires_at", "evidence"]), VALUES), st.booleans())
def test_the_fast_reader_takes_only_what_the_form_takes_and_reads_it_alike(changes, whole):
    body = event() | changes if whole else changes
    fast, form = event_bodies.plain(body, "client"), ConsentEventBody(data=body)
    if fast is not None:
        assert form.is_valid(), form.errors
        said = form.validated_data
        assert (fast.state, fast.happened_at, fast.basis) == (said["state"], said["happened_at"], said["basis"])
        assert (fast.value, fast.expires_at, fast.source) == (
            said["identifier"]["value"],
            said["expires_at"],
            said["source"],
        )
