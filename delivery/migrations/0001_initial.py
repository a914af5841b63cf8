import django.db.models.deletion
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0001_initial"),
        ("audits", "0001_initial"),
        ("people", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
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
                ("sha256", models.CharField(max_length=64, verbose_name="fingerprint")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("clearing", "Clearing"),
                            ("ready", "Ready"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="clearing",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
                ("audience_size", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
                ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                (
                    "finished_at",
                    models.DateTimeField(null=True, verbose_name="finished"),
                ),
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
                        related_name="releases",
                        to="audits.case",
                    ),
                ),
                (
                    "integration",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="tenants.integration",
                        verbose_name="integration",
                    ),
                ),
            ],
            options={
                "verbose_name": "release",
                "verbose_name_plural": "releases",
            },
        ),
        migrations.CreateModel(
            name="MessageCounter",
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
                ("day", models.DateField()),
                ("messages", models.PositiveIntegerField(default=0)),
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
                    "person",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "message counter",
                "verbose_name_plural": "message counters",
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "person", "day"), name="delivery_counter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Intent",
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
                            ("in_flight", "In flight"),
                            ("handed_over", "Handed over"),
                            ("withheld", "Withheld at the gate"),
                            ("failed", "Failed"),
                            ("unknown", "Outcome unknown"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("permit", models.JSONField(default=dict)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=300)),
                ("run_after", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "transaction",
                    kernel.tenancy.models.TransactionIdField(
                        db_default=models.Func(function="pg_current_xact_id"),
                        editable=False,
                    ),
                ),
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
                    "person",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intents",
                        to="people.person",
                    ),
                ),
                (
                    "release",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intents",
                        to="delivery.release",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "indexes": [
                    models.Index(
                        fields=["brand", "person", "decided_at"],
                        name="delivery_intent_person",
                    ),
                    models.Index(
                        fields=["brand", "release", "state"],
                        name="delivery_intent_state",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "release", "person"),
                        name="delivery_intent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clearance",
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
                ("reason", models.CharField(max_length=20)),
                ("until", models.DateTimeField(null=True)),
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
                    "person",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "release",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearances",
                        to="delivery.release",
                    ),
                ),
            ],
            options={
                "verbose_name": "clearance",
                "verbose_name_plural": "clearances",
                "indexes": [
                    models.Index(
                        fields=["brand", "release", "reason"],
                        name="delivery_clearance_reason",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "release", "person"),
                        name="delivery_clearance_once",
                    )
                ],
            },
        ),
        FenceTables("Release", "Clearance", "Intent", "MessageCounter"),
    ]
