"""People as CSV files: whole or not at all, the same bytes for the same people, harmless in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.integrations import Outcome
from delivery.integrations.csv_file.transport import DANGEROUS, harmless, table
from tests.delivery.integrations.stage import RELEASE, addresses_in, batch, csv_file, message


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_header_and_one_line_a_person():
    (row,) = rows(table([message("ann@mail.example", first_name="Ann")]))
    assert row.pop("message_id")
    assert row == {
        "email": "ann@mail.example",
        "field_first_name": "Ann",
        "link_preferences": "http://localhost/p/x",
        "subject": "Hello",
        "explanation": "",
    }


def test_the_same_people_give_the_same_bytes():
    people = [message("ann@mail.example", first_name="Ann"), message("ben@mail.example")]
    assert table(people) == table(people)


@pytest.mark.parametrize("value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_what_a_spreadsheet_would_run_is_made_harmless(value):
    assert harmless(value).startswith("'")


@given(st.text())
def test_no_cell_begins_as_a_formula_unless_it_is_a_number(value):
    safe = harmless(value)
    assert not safe.startswith(DANGEROUS) or safe.lstrip("+-").replace(".", "").replace(",", "").isdigit()
    assert not set(safe) & {"\r", "\n", "\0"}


@pytest.mark.parametrize("value", ["+447700900123", "-12.5", "12", "plain", ""])
def test_numbers_and_plain_values_stay(value):
    assert harmless(value) == value


@given(st.lists(st.text(max_size=20), max_size=5))
def test_whatever_people_are_called_the_file_can_be_read_again(names):
    told = [message("a@b.example", name=name) for name in names]
    read = rows(table(told))
    assert [row["field_name"] for row in read] == [harmless(name) for name in names]


def test_a_files_name_is_never_used_twice(settings, tmp_path):
    with csv_file(settings, tmp_path) as (transport, seen):
        assert transport.hand_over(batch([message("ann@mail.example")]))[0].outcome is Outcome.HANDED_OVER
        assert transport.hand_over(batch([message("ben@mail.example")]))[0].outcome is Outcome.AGAIN
        assert seen() == ["ann@mail.example"]


def test_after_a_crash_a_worker_that_was_only_held_up_comes_too_late(settings, tmp_path):
    late = batch([message("ann@mail.example")])
    with csv_file(settings, tmp_path) as (transport, seen):
        assert transport.arrived(late.release_id, late.number) == frozenset()
        assert transport.hand_over(late)[0].outcome is Outcome.AGAIN
        assert seen() == []


def test_what_was_begun_and_not_finished_is_no_delivery(settings, tmp_path):
    told = batch([message("ann@mail.example")])
    with csv_file(settings, tmp_path) as (transport, _):
        transport.hand_over(told)
        folder = tmp_path / "deliveries" / str(told.brand_id) / str(RELEASE)
        (folder / ".people-00002-rest").write_bytes(b"half a li")
        assert [path.name for path in folder.glob("[!.]*")] == ["people-00001.csv"]
        assert addresses_in(tmp_path) == ["ann@mail.example"]
