"""What an officer typed or uploaded, and whether it is a pack that its examples prove."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from audits.house.faults import PackFault
from audits.house.in_use import versions_on
from audits.house.reading import MAX_BYTES, prove, read


def text_of(request: HttpRequest) -> str:
    """Return the file that was uploaded, else what stands in the text area. Raises PackFault."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return str(request.POST.get("text", "")).replace("\r\n", "\n")
    if (file.size or 0) > MAX_BYTES:
        raise PackFault(_("A pack is at most %(n)d KiB.") % {"n": MAX_BYTES // 1024})
    try:
        return bytes(file.read()).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise PackFault(_("The file is not UTF-8 text.")) from error


def fault_of(text: str, brand_id: UUID) -> PackFault | None:
    """Return why a text cannot be switched on as it stands, or None where its examples prove it."""
    try:
        house = read(text)
        prove(house, [read(one.text) for one in versions_on(brand_id) if one.pack.code != house.code])
    except PackFault as fault:
        return fault
    return None


def line_of(text: str, number: int | None) -> str:
    """Return a line of a text, from 1."""
    lines = text.splitlines()
    return lines[number - 1] if number and number <= len(lines) else ""
