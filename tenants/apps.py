from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self) -> None:
        from kernel import jobs
        from tenants.queries import brand_ids

        jobs.brands_come_from(brand_ids)
