"""The worker's application. It carries doorbells only; what there is to do stands in the database."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from celery import Celery
from django.conf import settings

HOUR = 60 * 60
DAY = 24 * HOUR

app = Celery("lighttouch")
_folder = settings.DATA_DIR / "broker"
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    timezone="UTC",
    beat_schedule={
        "sweep": {"task": "kernel.sweep", "schedule": settings.SWEEP_SECONDS},
        "forget answers": {"task": "kernel.forget_answers", "schedule": DAY},
        "forget mail": {"task": "kernel.forget_mail", "schedule": HOUR},
        "forget proofs": {"task": "people.forget_proofs", "schedule": HOUR},
    },
    beat_schedule_filename=str(settings.DATA_DIR / "beat"),
)
if settings.CELERY_BROKER_URL.startswith("filesystem"):
    for name in ("queue", "control"):
        (_folder / name).mkdir(parents=True, exist_ok=True)
    app.conf.broker_transport_options = {
        "data_folder_in": str(_folder / "queue"),
        "data_folder_out": str(_folder / "queue"),
        "control_folder": str(_folder / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
app.autodiscover_tasks()
