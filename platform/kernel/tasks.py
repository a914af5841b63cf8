"""The bell: Celery wakes a worker up, the rows say what there is to do."""

from uuid import UUID

from celery import shared_task

from kernel import clock, idempotency, jobs, mail
from kernel.jobs.registry import all_brands


@shared_task(name="kernel.ring")  # type: ignore[untyped-decorator]
def ring(brand_id: str, job_id: str) -> None:
    """Do one job now, if it is still due."""
    jobs.run(UUID(brand_id), UUID(job_id))


@shared_task(name="kernel.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Ring for everything that is due and was not rung for. Returns how many."""
    due = jobs.sweep()
    for brand_id, job_id in due:
        ring.delay(str(brand_id), str(job_id))
    mails = mail.due()
    for mail_id in mails:
        post_mail.delay(str(mail_id))
    return len(due) + len(mails)


@shared_task(name="kernel.post_mail")  # type: ignore[untyped-decorator]
def post_mail(mail_id: str) -> None:
    """Send one mail now, if it is still due."""
    mail.send(UUID(mail_id))


@shared_task(name="kernel.forget_mail")  # type: ignore[untyped-decorator]
def forget_mail() -> int:
    """Delete the rows of mails that are over. Returns how many."""
    return mail.forget(at=clock.now())


@shared_task(name="kernel.forget_answers")  # type: ignore[untyped-decorator]
def forget_answers() -> int:
    """Delete the answers to idempotency keys that are over their 30 days. Returns how many."""
    at = clock.now()
    return sum(idempotency.forget(brand_id=brand_id, at=at) for brand_id in all_brands())
