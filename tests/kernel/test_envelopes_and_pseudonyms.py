"""What is sealed opens with its key at its place only; a pseudonym says nothing about the address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import crypto
from kernel.ids import new_id

BRAND, ROW = new_id(), new_id()
HERE = crypto.place(BRAND, "people_identifier", "sealed", ROW)


@given(st.binary(max_size=500))
def test_what_was_sealed_opens_again(plain):
    key = crypto.new_key()
    assert crypto.unseal(crypto.seal(plain, key=key, at=HERE), key=key, at=HERE) == plain


@pytest.mark.parametrize(
    "there",
    [
        crypto.place(new_id(), "people_identifier", "sealed", ROW),
        crypto.place(BRAND, "people_person", "sealed", ROW),
        crypto.place(BRAND, "people_identifier", "pseudonym", ROW),
        crypto.place(BRAND, "people_identifier", "sealed", new_id()),
    ],
)
def test_a_sealed_value_moved_to_another_cell_does_not_open(there):
    key = crypto.new_key()
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(crypto.seal(b"alice@example.com", key=key, at=HERE), key=key, at=there)


def test_another_key_does_not_open_it():
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(crypto.seal(b"x", key=crypto.new_key(), at=HERE), key=crypto.new_key(), at=HERE)


@given(st.integers(min_value=0))
def test_one_flipped_bit_is_noticed(position):
    key = crypto.new_key()
    sealed = bytearray(crypto.seal(b"alice@example.com", key=key, at=HERE))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(bytes(sealed), key=key, at=HERE)


def test_a_wrapped_key_is_no_plain_envelope(settings):
    wrapped = crypto.wrap(b"k" * 32, at=HERE)
    assert crypto.unwrap(wrapped, at=HERE) == b"k" * 32
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(wrapped, key=settings.KEK, at=HERE)


def test_two_brands_know_one_address_by_two_pseudonyms():
    one, other = crypto.new_key(), crypto.new_key()
    address = "alice@example.com"
    first = crypto.pseudonym(address, kind="email", key=one)
    assert first == crypto.pseudonym(address, kind="email", key=one)
    assert first != crypto.pseudonym(address, kind="email", key=other)
    assert first != crypto.pseudonym(address, kind="customer", key=one)
