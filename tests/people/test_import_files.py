"""Files of people as they come: any usual encoding and delimiter, records with the line they begin on."""

import pytest

from people.imports.reading import UnreadableFile, form_of, records, rows_about

TEXT = "email;ort\r\njörg@example.org;Köln\r\n"


def write(tmp_path, data: bytes):
    path = tmp_path / "people.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("encoding", "guessed"),
    [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("utf-16-le", True), ("cp1252", True), ("utf-32", False)],
)  # fmt: skip
def test_the_encoding_is_found(tmp_path, encoding, guessed):
    path = write(tmp_path, TEXT.encode(encoding))
    form = form_of(path)
    with records(path, form) as found:
        assert [one.values for one in found] == [["jörg@example.org", "Köln"]]
    assert (form.headers, form.guessed) == (["email", "ort"], guessed)


def test_what_is_neither_is_read_as_latin_1(tmp_path):
    assert form_of(write(tmp_path, b"email,city\nj@example.org,\x81\xff\n")).encoding == "latin-1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    path = write(tmp_path, f'email{delimiter}name\na@example.org{delimiter}"B, C; D"\n'.encode())
    assert form_of(path).delimiter == delimiter


def test_a_record_knows_its_line_whatever_stands_before_it(tmp_path):
    path = write(tmp_path, b'email,note\na@example.org,"two\nlines"\n\nb@example.org,x\n')
    with records(path, form_of(path)) as found:
        assert [(one.line, one.values[0]) for one in found] == [(2, "a@example.org"), (5, "b@example.org")]


def test_reading_goes_on_where_it_stopped(tmp_path):
    path = write(tmp_path, b"email,n\n" + b"".join(b"p%d@example.org,1\n" % n for n in range(10)))
    with records(path, form_of(path), skip=7) as found:
        assert [one.line for one in found] == [9, 10, 11]
    assert rows_about(path) == 10


@pytest.mark.parametrize("data", [b"", b"\n", b"a@example.org,GB\nb@example.org,DE\n"])
def test_a_file_without_names_of_columns_is_refused(tmp_path, data):
    with pytest.raises(UnreadableFile):
        form_of(write(tmp_path, data))


def test_a_quotation_mark_that_is_never_closed_is_an_error_not_a_person(tmp_path):
    path = write(tmp_path, b'email,note\na@example.org,"open\n' + b"b@example.org,x\n" * 10_000)
    with pytest.raises(UnreadableFile, match="line 2"), records(path, form_of(path)) as found:
        list(found)


def test_two_columns_of_one_name_are_told_apart(tmp_path):
    assert form_of(write(tmp_path, b"email,name,name,\nx,y,z,\n")).headers == ["email", "name", "name (3)", "column 4"]
