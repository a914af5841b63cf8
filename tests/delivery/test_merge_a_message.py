"""A person's values in the approved message: escaped, approved, known, or nothing leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.merge import CannotMerge, merge, placeholders


def merged(content, approved=("first_name",), **values):
    return merge(content, values=values, approved=approved)


def test_values_stand_where_the_message_asks_for_them():
    told = merged({"subject": "Hello {{first_name}}", "text": "Dear {{ first_name }},"}, first_name="Ann")
    assert told == {"subject": "Hello Ann", "text": "Dear Ann,"}


def test_a_value_in_html_is_text_and_never_markup():
    assert merged({"html": "<p>{{first_name}}</p>"}, first_name='<b onclick="x">') == {
        "html": "<p>&lt;b onclick=&quot;x&quot;&gt;</p>"
    }


def test_a_value_cannot_add_a_header_line_to_the_subject():
    assert merged({"subject": "Hi {{first_name}}"}, first_name="Ann\r\nBcc: all@x.example")["subject"].count("\n") == 0


def test_a_value_is_not_read_as_a_placeholder_again():
    assert merged({"text": "{{first_name}}"}, first_name="{{email}}") == {"text": "{{email}}"}


def test_a_fallback_stands_in_for_what_is_not_known():
    assert merged({"text": "Hello {{first_name|you}}"}) == {"text": "Hello you"}


@pytest.mark.parametrize("content", ["{{first_name}}", "{{first_name|}}", "{{first_name| }}"])
def test_what_is_not_known_and_has_no_fallback_is_refused(content):
    with pytest.raises(CannotMerge, match="first_name: not known"):
        merged({"text": content})


@pytest.mark.parametrize("content", ["{{salary}}", "{{salary|0}}"])
def test_what_was_not_approved_is_refused_even_if_it_is_known(content):
    with pytest.raises(CannotMerge, match="salary: not approved"):
        merged({"text": content}, salary="9")


def test_the_names_a_message_asks_for():
    assert placeholders({"subject": "{{a}}", "text": "{{ b | x }} {{a}} {c}"}) == {"a", "b"}


@given(st.text())
def test_a_message_without_placeholders_stays_as_it_was_approved(text):
    if not placeholders({"text": text}):
        assert merged({"text": text}) == {"text": text}
