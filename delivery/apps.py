"""Delivery: clearance, the send gate, intents, counters, releases, integrations."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "delivery"

    def ready(self) -> None:
        # Join the registries of jobs and signals.
        from delivery import receivers, tasks  # noqa: F401
