from django.db import migrations, models

import kernel.ids
from kernel.tenancy.operations import FenceTables, PrepareFence


class Migration(migrations.Migration):
    initial = True
    # Grants by default must stand before any other table is made.
    run_before = [("contenttypes", "0001_initial")]

    dependencies = []

    operations = [
        PrepareFence(),
        migrations.CreateModel(
            name="IdempotentAnswer",
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
                ("brand_id", models.UUIDField(editable=False)),
                ("client_id", models.UUIDField()),
                ("route", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=255)),
                ("body_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "kernel_idempotent_answer",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand_id", "client_id", "route", "key"),
                        name="kernel_idempotent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
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
                ("brand_id", models.UUIDField(editable=False)),
                ("kind", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=200)),
                ("payload", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("report", models.JSONField(default=dict)),
                ("error", models.TextField(blank=True, default="")),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("run_after", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "kernel_job",
                "indexes": [models.Index(fields=["brand_id", "state", "run_after"], name="kernel_job_due")],
                "constraints": [models.UniqueConstraint(fields=("brand_id", "kind", "key"), name="kernel_job_once")],
            },
        ),
        FenceTables("Job", "IdempotentAnswer"),
    ]
