import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from audits.house import guards
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0002_guards"),
        ("tenants", "0003_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HousePack",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=60, verbose_name="code")),
                ("made_at", models.DateTimeField(verbose_name="since")),
                (
                    "brand",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.brand",
                        verbose_name="brand",
                    ),
                ),
            ],
            options={
                "verbose_name": "house pack",
                "verbose_name_plural": "house packs",
            },
        ),
        migrations.CreateModel(
            name="HousePackVersion",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", models.TextField(verbose_name="text")),
                ("sha256", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("fault", models.JSONField(default=dict, verbose_name="fault")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("on", "On"), ("off", "Off"), ("replaced", "Replaced")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("switched_at", models.DateTimeField(null=True, verbose_name="switched")),
                (
                    "brand",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.brand",
                        verbose_name="brand",
                    ),
                ),
                (
                    "pack",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="audits.housepack",
                    ),
                ),
                (
                    "switched_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a house pack",
                "verbose_name_plural": "versions of house packs",
            },
        ),
        migrations.CreateModel(
            name="DryRun",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("rules", models.JSONField(default=dict, verbose_name="rules")),
                ("results", models.JSONField(default=list, verbose_name="results")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                (
                    "brand",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.brand",
                        verbose_name="brand",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dry_runs",
                        to="audits.housepackversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "dry run",
                "verbose_name_plural": "dry runs",
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("packs", models.JSONField(verbose_name="rules")),
                ("sha256", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("confirmed_at", models.DateTimeField(verbose_name="confirmed")),
                (
                    "brand",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.brand",
                        verbose_name="brand",
                    ),
                ),
                (
                    "case",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="audits.case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "confirmation",
                "verbose_name_plural": "confirmations",
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "case", "sha256"), name="audits_confirmation_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="housepack",
            constraint=models.UniqueConstraint(fields=("brand", "code"), name="audits_housepack_code"),
        ),
        migrations.AddConstraint(
            model_name="housepackversion",
            constraint=models.UniqueConstraint(fields=("brand", "pack", "number"), name="audits_housepack_number"),
        ),
        migrations.AddConstraint(
            model_name="housepackversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "on")), fields=("brand", "pack"), name="audits_housepack_one_on"
            ),
        ),
        FenceTables("HousePack", "HousePackVersion", "DryRun", "Confirmation", append_only=("Confirmation",)),
        migrations.RunSQL(guards.OFFICER + guards.VERSION_GUARD + guards.CONFIRMATION_GUARD, guards.REMOVE),
        migrations.RunSQL(guards.KEEP.format(app=settings.APP_ROLE), guards.MAY_DELETE.format(app=settings.APP_ROLE)),
    ]
