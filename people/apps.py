from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        # Joins the registry of jobs.
        from people.imports import job  # noqa: F401
