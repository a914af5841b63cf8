"""What people's room does by the clock."""

from celery import shared_task

from kernel import clock
from people import services


@shared_task(name="people.forget_proofs")  # type: ignore[untyped-decorator]
def forget_proofs() -> int:
    """Forget proofs of addresses that are over. Returns how many."""
    return services.forget_proofs(at=clock.now())
