"""Rule packs: the law that judges here, the house packs of the brand, and what an officer does with them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from audits import packs_in_use, services
from audits.house import differences, queries
from audits.house.faults import PackFault
from audits.house.in_use import versions_on
from audits.house.reading import House, alone, read
from audits.house.starting import templates
from audits.models import DryRun, HousePack, HousePackVersion, PackState
from kernel import clock
from kernel.errors import DomainError
from kernel.models import Job
from portal.packs import editing, words
from portal.pages import actor_of, attempt, brand_of, for_roles, fragment, has_role, show
from tenants.models import Role
from trail.models import Entry

LIST, PAGE = "admin:rule_packs", "admin:house_pack"


@require_GET
@for_roles()
def packs(request: HttpRequest) -> HttpResponse:
    """List the brand's house packs, and the packs of the law."""
    brand = brand_of(request)
    house = [(pack, _leading(pack)) for pack in queries.packs_of(brand.pk)]
    law = words.lines(packs_in_use())
    return show(
        request, "portal/packs/list.html", _("Rule packs"), house=house, law=law,
        rules=sum(line.rules for line in law), may_keep=has_role(request, {Role.OFFICER}),
    )  # fmt: skip


@require_GET
@for_roles()
def law(request: HttpRequest, code: str) -> HttpResponse:
    """Show one pack of the law with its rules."""
    known = packs_in_use()
    pack = next((one for one in known.packs if one.code == code), None)
    if pack is None:
        raise Http404
    rules = [words.shown(rule, known) for rule in pack.rules]
    return show(request, "portal/packs/law.html", pack.title, crumbs=_crumbs(), pack=pack, rules=rules)


@for_roles(Role.OFFICER)
def add(request: HttpRequest) -> HttpResponse:
    """Write a new house pack, from one that works."""
    if request.method == "POST":
        return _save(request, None)
    name = request.GET.get("template", "")
    start = next((one for one in templates() if one.name == name), templates()[0])
    return _editor(request, None, start.text, chosen=start.name)


@for_roles(Role.OFFICER)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the next version of a house pack."""
    pack = _pack(request, pk)
    if request.method == "POST":
        return _save(request, pack)
    return _editor(request, pack, _version(request, pack).text)


@require_GET
@for_roles()
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a house pack: one of its versions, what it would change, and what happened to it."""
    pack = _pack(request, pk)
    version = _version(request, pack)
    house, fault = _read(version)
    run = queries.last_dry_run(version)
    entries = Entry.objects.filter(brand_id=pack.brand_id, subject_id=pack.pk).order_by("-id")[:30]
    context = {
        "pack": pack,
        "version": version,
        "versions": list(queries.versions_of(pack)),
        "rules": [words.shown(rule, alone([house])) for rule in house.pack.rules] if house else [],
        "fault": fault or version.fault,
        "entries": entries,
        "may_keep": has_role(request, {Role.OFFICER}),
        "on": next((one for one in versions_on(pack.brand_id) if one.pack_id == pack.pk), None),
        **_looked_at(version, run),
    }
    return show(request, "portal/packs/house.html", version.title, crumbs=_crumbs(), **context)


@require_GET
@for_roles()
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what differs between two versions of a house pack."""
    pack = _pack(request, pk)
    old, new = _version(request, pack, "old"), _version(request, pack, "new")
    before, after = _read(old)[0], _read(new)[0]
    crumbs = [*_crumbs(), (pack.code, reverse(PAGE, args=[pk]))]
    both = before is not None and after is not None
    return show(
        request, "portal/packs/compare.html", _("What changed"), crumbs=crumbs, pack=pack, old=old, new=new,
        readable=both,
        head=differences.pack_changes(before, after) if before and after else (),
        rules=differences.rule_changes(before, after) if before and after else (),
        lines=differences.text_changes(old.text, new.text, (f"{old.number}", f"{new.number}")),
    )  # fmt: skip


@require_POST
@for_roles(Role.OFFICER)
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a dry run of a version."""
    version = _one_version(request, pk)
    return attempt(
        request,
        lambda: services.start_dry_run(version=version, by=actor_of(request), at=clock.now()),
        _("It is being looked at. Nothing changes."),
        _address(version),
    )


@require_GET
@for_roles()
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far a dry run is, for the script that asks again until it is done."""
    version = _one_version(request, pk)
    context = _looked_at(version, queries.last_dry_run(version))
    return fragment(request, "portal/packs/progress.html", version=version, **context)


@require_POST
@for_roles(Role.OFFICER)
def switch(request: HttpRequest, pk: UUID, how: str) -> HttpResponse:
    """Switch a version on or off, and say what became of the cases that stood."""
    version = _one_version(request, pk)
    by, at = actor_of(request), clock.now()
    try:
        if how == "on":
            done = services.switch_on(version=version, sha256=request.POST.get("sha256", ""), by=by, at=at)
        elif how == "off":
            done = services.switch_off(version=version, by=by, at=at)
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _told(how, done))
    return redirect(_address(version))


def _told(how: str, done: services.Switched) -> str:
    what = _("It is on.") if how == "on" else _("It is off.")
    stay = ngettext("%(n)d case stands as it is.", "%(n)d cases stand as they are.", done.confirmed)
    end = ngettext("%(n)d case is audited again.", "%(n)d cases are audited again.", len(done.ended))
    return " ".join([what, stay % {"n": done.confirmed}, end % {"n": len(done.ended)} if done.ended else ""]).strip()


def _save(request: HttpRequest, pack: HousePack | None) -> HttpResponse:
    """Check what was typed or uploaded, and keep it unless only a check was asked for."""
    chosen = request.POST.get("template", "")
    try:
        text = editing.text_of(request)
        if request.POST.get("how") == "check":
            fault = editing.fault_of(text, brand_of(request).pk)
            return _editor(request, pack, text, fault=fault, checked=fault is None, chosen=chosen)
        version = services.write_pack(
            brand=brand_of(request), text=text, by=actor_of(request), at=clock.now(), pack=pack
        )
    except DomainError as error:
        kept = request.POST.get("text", "")
        return _editor(request, pack, kept, fault=error, chosen=chosen)
    messages.success(request, _("Kept as version %(n)d.") % {"n": version.number})
    return redirect(_address(version))


def _editor(
    request: HttpRequest,
    pack: HousePack | None,
    text: str,
    *,
    fault: DomainError | None = None,
    checked: bool = False,
    chosen: str = "",
) -> HttpResponse:
    crumbs = [*_crumbs(), *([(pack.code, reverse(PAGE, args=[pack.pk]))] if pack else [])]
    title = _("Next version of %(code)s") % {"code": pack.code} if pack else _("New house pack")
    line = fault.line if isinstance(fault, PackFault) else None
    return show(
        request, "portal/packs/edit.html", title, status=422 if fault else 200, crumbs=crumbs, pack=pack, text=text,
        fault=fault, fault_line=line, fault_text=editing.line_of(text, line), checked=checked,
        templates=templates() if pack is None and request.method != "POST" else (), chosen=chosen,
        rows=min(max(text.count("\n") + 3, 20), 60),
    )  # fmt: skip


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Rule packs"), reverse(LIST))]


def _pack(request: HttpRequest, pk: UUID) -> HousePack:
    return get_object_or_404(HousePack, brand=brand_of(request), pk=pk)


def _leading(pack: HousePack) -> HousePackVersion | None:
    """Return the version that a pack is known by: the one that is on, else the newest."""
    found = queries.versions_of(pack)
    return found.filter(state=PackState.ON).first() or found.first()


def _version(request: HttpRequest, pack: HousePack, name: str = "version") -> HousePackVersion:
    """Return the version that the address names by its number, else the newest."""
    number = request.GET.get(name, "")
    found = queries.versions_of(pack)
    version = found.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else found.first()
    if version is None:
        raise Http404
    return version


def _one_version(request: HttpRequest, pk: UUID) -> HousePackVersion:
    rows = HousePackVersion.objects.select_related("pack", "brand")
    return get_object_or_404(rows, brand=brand_of(request), pk=pk)


def _address(version: HousePackVersion) -> str:
    return f"{reverse(PAGE, args=[version.pack_id])}?version={version.number}"


def _read(version: HousePackVersion) -> tuple[House | None, dict[str, Any]]:
    """Return the pack as it reads today, or why it reads no more: the facts and definitions may have changed since."""
    try:
        return read(version.text), {}
    except PackFault as fault:
        return None, fault.as_dict()


def _looked_at(version: HousePackVersion, run: DryRun | None) -> dict[str, Any]:
    if run is None:
        return {"run": None}
    key = {"brand_id": run.brand_id, "kind": services.DRY_RUN, "key": str(run.pk)}
    job = Job.objects.filter(**key).first()
    affected = [one for one in run.results if one["affected"]]
    return {
        "run": run,
        "job": job,
        "looking": run.done_at is None and job is not None and job.state in ("waiting", "running"),
        "affected": affected,
        "untouched": len(run.results) - len(affected),
        "fresh": _is_fresh(version, run),
    }


def _is_fresh(version: HousePackVersion, run: DryRun) -> bool:
    """Say whether the run looked at the rules that would be in use now."""
    try:
        houses = queries.houses_with(version, version.brand_id)
    except PackFault:
        return False
    return bool(run.rules == queries.rules_with(houses, version.brand_id))
