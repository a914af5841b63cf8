"""Whether a case stands under some rules: judged by them, or confirmed by an officer when only house packs changed."""

from collections.abc import Mapping

from audits.house import law_of
from audits.models import Case, Confirmation
from kernel.canonical import fingerprint


def bound(case: Case, rules: Mapping[str, str]) -> str:
    """Return the fingerprint of the case's version under some rules, which is what an approval is bound to."""
    return fingerprint({"version": case.version.sha256, "packs": dict(rules)})


def stands_under(case: Case, rules: Mapping[str, str]) -> bool:
    """Say whether the case's verdict counts under these rules.

    It does where it was given by them; or where the law is the same and, when the brand switched its house packs, they
    were asked about this very version and found nothing new (see Confirmation).
    """
    judged: dict[str, str] = case.verdict.get("packs") or {}
    if bound(case, judged) != case.sha256:
        return False
    if judged == rules:
        return True
    if law_of(judged) != law_of(dict(rules)):
        return False
    return Confirmation.objects.filter(brand_id=case.brand_id, case=case, sha256=bound(case, rules)).exists()
