from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal.demo import services  # noqa: F401 - registers its job


class LighttouchAdminConfig(django_admin.AdminConfig):
    default = False
    default_site = "portal.site.LighttouchSite"
