from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
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
                ("happened_at", models.DateTimeField()),
                ("verb", models.CharField(max_length=80)),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_label", models.CharField(max_length=200)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("leaf", models.BinaryField()),
                ("leaf_hash", models.BinaryField(max_length=32)),
                ("details", models.JSONField(default=dict)),
                ("opening", models.BinaryField(max_length=32)),
                (
                    "transaction",
                    kernel.tenancy.models.TransactionIdField(
                        db_default=models.Func(function="pg_current_xact_id"),
                        editable=False,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "db_table": "trail_entry",
                "indexes": [
                    models.Index(
                        fields=["brand_id", "subject_id", "id"],
                        name="trail_entry_subject",
                    ),
                    models.Index(
                        fields=["brand_id", "transaction", "id"],
                        name="trail_entry_position",
                    ),
                ],
            },
        ),
        FenceTables("Entry", append_only=("Entry",)),
    ]
