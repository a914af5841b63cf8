import django.db.models.deletion
from django.db import migrations, models

import kernel.ids
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="provenance",
            field=models.JSONField(blank=True, default=dict, verbose_name="where it comes from"),
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("next", models.BigIntegerField(default=0)),
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
                "verbose_name": "counter of people",
                "verbose_name_plural": "counters of people",
                "constraints": [models.UniqueConstraint(fields=("brand",), name="people_numbercounter_once")],
            },
        ),
        FenceTables("NumberCounter"),
    ]
