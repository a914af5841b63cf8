import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_one_proof_of_the_brand"),
        ("tenants", "0003_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Signal",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tcf", "TC string (IAB Europe)"),
                            ("gpp", "GPP string (IAB Tech Lab)"),
                            ("usp", "US Privacy string"),
                            ("gpc", "Global Privacy Control"),
                        ],
                        max_length=3,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.TextField(verbose_name="as it came")),
                (
                    "carrier",
                    models.CharField(
                        choices=[
                            ("header", "Request header"),
                            ("cookie", "Cookie"),
                            ("script", "Consent manager's script"),
                            ("bid_request", "Bid request"),
                            ("app", "App's storage"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="carrier",
                    ),
                ),
                ("place", models.CharField(blank=True, default="", max_length=6, verbose_name="place")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("person", "The person, known by name"),
                            ("pseudonym", "A pseudonym"),
                            ("device", "A device"),
                            ("browser", "A browser"),
                        ],
                        max_length=10,
                        verbose_name="scope",
                    ),
                ),
                ("applicable", models.JSONField(blank=True, null=True, verbose_name="applicable sections")),
                ("seen_at", models.DateTimeField(verbose_name="seen")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="recorded"),
                ),
                ("fields", models.JSONField(blank=True, default=dict, verbose_name="what it says")),
                (
                    "error",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="why it cannot be read"),
                ),
                ("reliable", models.BooleanField(null=True, verbose_name="may be relied on")),
                ("findings", models.JSONField(blank=True, default=list, verbose_name="findings")),
                ("noes", models.JSONField(blank=True, default=list, verbose_name="what it says no to")),
                ("idempotency_key", models.CharField(max_length=200)),
                (
                    "brand",
                    models.ForeignKey(
                        db_constraint=False,
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
                        related_name="signals",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "signal",
                "verbose_name_plural": "signals",
                "indexes": [models.Index(fields=["brand", "person", "seen_at"], name="people_signal_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "idempotency_key"), name="people_signal_once")
                ],
            },
        ),
        FenceTables("Signal"),
    ]
