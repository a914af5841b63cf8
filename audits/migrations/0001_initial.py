import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0001_initial"),
        ("campaigns", "0001_initial"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Checking"),
                            ("in_review", "In review"),
                            ("approved", "Approved"),
                            ("changes_asked", "Changes asked"),
                            ("refused", "Refused"),
                            ("voided", "Voided"),
                            ("failed", "Check failed"),
                        ],
                        default="checking",
                        max_length=14,
                        verbose_name="state",
                    ),
                ),
                ("verdict", models.JSONField(default=dict, verbose_name="verdict")),
                ("measured", models.JSONField(default=dict, verbose_name="measured")),
                (
                    "sha256",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=64,
                        verbose_name="fingerprint",
                    ),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("submitted_at", models.DateTimeField(verbose_name="submitted")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="checked")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
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
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="campaigns.campaignversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("ask_changes", "Ask for changes"),
                            ("refuse", "Refuse"),
                        ],
                        max_length=12,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "reasons",
                    models.JSONField(default=dict, verbose_name="reasons by finding"),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
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
                        related_name="decisions",
                        to="audits.case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["brand", "state", "submitted_at"], name="audits_case_desk"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("checking", "failed", "in_review", "approved"))),
                fields=("brand", "version"),
                name="audits_case_open",
            ),
        ),
        FenceTables("Case", "Decision", append_only=("Decision",)),
    ]
