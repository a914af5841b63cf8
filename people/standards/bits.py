"""The bits of one segment of a signal (base64url without padding), read from left to right and never past the end."""

import re
from binascii import a2b_base64
from collections.abc import Iterator
from itertools import compress

from facts.words import gettext as _
from kernel.errors import Invalid

LONGEST = 100_000
"""Characters of the longest string that is read: three times what every vendor id in every list would need."""
MOST_IDS = 500_000
"""Vendor ids that one string may name: a few bits of a range can stand for 65,535 of them."""
LARGEST_ID = 65_535
SURPLUS = "bits_set_after_last_field"

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")
_FLAGS = bytes.maketrans(b"01", b"\0\1")
_NUMBERS = tuple(range(LARGEST_ID + 1))
"""Every id, made once: lists of ids share them, which is faster and smaller than numbers of their own."""
_SINGLE = 1 << 32
_33_BITS = (1 << 33) - 1
_FIBONACCI = [1, 2]
while _FIBONACCI[-1] <= LARGEST_ID:
    _FIBONACCI.append(_FIBONACCI[-1] + _FIBONACCI[-2])


class Undecodable(Invalid):
    """The string is not what its standard says; nothing of it was taken."""

    code = "undecodable_signal"


class Bits:
    """A reader over one segment. `oddities` collects what is unusual and no error. All reads raise Undecodable."""

    __slots__ = ("at", "length", "named", "oddities", "text", "value")

    def __init__(self, segment: str) -> None:
        if not _ALPHABET.fullmatch(segment):
            raise Undecodable(_illegal(segment))
        count = len(segment)
        surplus = -count % 4
        self.length = 6 * count
        whole = a2b_base64(segment.replace("-", "+").replace("_", "/") + "A" * surplus)
        self.value = int.from_bytes(whole, "big") >> 6 * surplus
        self.text = bin(1 << self.length | self.value)[3:]
        self.at = 0
        self.named = 0
        self.oddities: set[str] = set()

    def take(self, count: int) -> str:
        """The next `count` bits as zeros and ones."""
        start = self.at
        self.at = end = start + count
        if end > self.length:
            raise Undecodable(
                _("cut off: %(count)d bits are needed from bit %(start)d, and there are %(length)d in all")
                % {"count": count, "start": start, "length": self.length}
            )
        return self.text[start:end]

    def number(self, count: int) -> int:
        """The next `count` bits (at least one) as an unsigned number, most significant first."""
        return int(self.take(count), 2)

    def flag(self) -> bool:
        """The next bit."""
        return self.take(1) == "1"

    def ids(self, count: int) -> list[int]:
        """The numbers, from 1, of the bits that are set among the next `count`."""
        return list(compress(_NUMBERS[1 : count + 1], self.take(count).encode().translate(_FLAGS)))

    def ranges(self, largest: int) -> list[int]:
        """The ids of a list of ranges: how many in 12 bits, then for each a flag, 16 bits, and 16 more if flagged."""
        count = self.number(12)
        found: list[int] = []
        before = 0
        # A string with ranges is mostly this loop: it reads 33 bits at once (zeros follow the last bit) and writes the
        # ids out as long as they rise.
        value, left = self.value << 33, self.length - self.at
        for _entry in range(count):
            if left < 17:
                break
            word = value >> left & _33_BITS
            if word < _SINGLE:
                first = last = word >> 16
                left -= 17
            else:
                first, last = word >> 16 & 65_535, word & 65_535
                left -= 33
            if not before < first <= last <= largest:
                break
            found += _NUMBERS[first : last + 1]
            before = last
        else:
            if left >= 0:
                self.at = self.length - left
                return self._counted(found)
        return self._expanded(self._ranges(count, largest))

    def _ranges(self, count: int, largest: int) -> list[tuple[int, int]]:
        """The same list entry by entry, to say what is wrong with it or to put it into order."""
        found = []
        for _entry in range(count):
            both = self.flag()
            first = self.number(16)
            last = self.number(16) if both else first
            if not 1 <= first <= last <= largest:
                raise Undecodable(
                    _("the range of ids %(first)d to %(last)d does not lie between 1 and %(largest)d")
                    % {"first": first, "last": last, "largest": largest}
                )
            found.append((first, last))
        return found

    def fibonacci(self) -> int:
        """A number from 1 in Fibonacci coding: which Fibonacci numbers add up to it, least first, then one more 1."""
        end = self.text.find("11", self.at)
        if end < 0:
            raise Undecodable(_("cut off: a number in Fibonacci coding does not end"))
        digits = self.take(end + 2 - self.at)[:-1]
        value = sum(compress(_FIBONACCI, digits.encode().translate(_FLAGS)))
        if len(digits) > len(_FIBONACCI) or value > LARGEST_ID:
            raise Undecodable(_("an id in Fibonacci coding is larger than %(largest)d") % {"largest": LARGEST_ID})
        return value

    def fibonacci_ranges(self, largest: int = LARGEST_ID) -> list[int]:
        """The ids of a list of ranges, each id told by its distance from the one before."""
        return self._expanded(list(self._fibonacci_ranges(largest)))

    def _fibonacci_ranges(self, largest: int) -> Iterator[tuple[int, int]]:
        last = 0
        for _entry in range(self.number(12)):
            both = self.flag()
            first = last + self.fibonacci()
            last = first + self.fibonacci() if both else first
            if last > largest:
                raise Undecodable(_("id %(last)d is larger than %(largest)d") % {"last": last, "largest": largest})
            yield first, last

    def _expanded(self, ranges: list[tuple[int, int]]) -> list[int]:
        """All ids in order. Ranges are merged before they are written out, so that overlaps cost nothing."""
        merged = self._merged(ranges)
        return self._counted([number for first, last in merged for number in range(first, last + 1)])

    def _counted(self, ids: list[int]) -> list[int]:
        self.named += len(ids)
        if self.named > MOST_IDS:
            raise Undecodable(_("more than %(most)d ids in one string") % {"most": MOST_IDS})
        return ids

    def _merged(self, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
        in_order = sorted(ranges)
        if in_order != ranges:
            self.oddities.add("range_entries_out_of_order")
        merged: list[tuple[int, int]] = []
        for first, last in in_order:
            if merged and first <= merged[-1][1]:
                self.oddities.add("range_entries_overlap")
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged

    def end(self) -> None:
        """After the last field come zeros alone; other bits are told as odd, for nobody knows what they say."""
        if "1" in self.text[self.at :]:
            self.oddities.add(SURPLUS)


def _illegal(segment: str) -> str:
    if not segment:
        return _("a segment is empty")
    found = next(character for character in segment if not _ALPHABET.fullmatch(character))
    return _("%(character)r is no character of base64url") % {"character": found}


def segments_of(text: str, separator: str = ".") -> list[str]:
    """The parts of a string. Raises Undecodable where it is empty or too long."""
    if not text:
        raise Undecodable(_("an empty string"))
    if len(text) > LONGEST:
        raise Undecodable(_("longer than %(longest)d characters") % {"longest": LONGEST})
    return text.split(separator)


def unique(segment: str, kind: str, seen: dict[str, str], oddities: set[str]) -> bool:
    """Whether a segment of this kind is new. A copy is odd; a second one that says otherwise raises Undecodable."""
    before = seen.setdefault(kind, segment)
    if before is segment:
        return True
    if before != segment:
        raise Undecodable(_("two segments %(kind)s contradict each other") % {"kind": kind})
    oddities.add("duplicate_segment")
    return False
