import django.db.models.deletion
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables
from people import changes


class Migration(migrations.Migration):
    dependencies = [("people", "0005_address_proof")]

    operations = [
        migrations.AddField(
            model_name="sourcerecord",
            name="recognised_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="privacysettings",
            name="senders_muted",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="senders muted",
            ),
        ),
        migrations.CreateModel(
            name="PersonChange",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField(editable=False)),
                (
                    "transaction",
                    kernel.tenancy.models.TransactionIdField(
                        db_default=models.Func(function="pg_current_xact_id"), editable=False
                    ),
                ),
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
            ],
            options={
                "verbose_name": "change of a person",
                "verbose_name_plural": "changes of people",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "transaction", "person_id"), name="people_personchange_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeFollower",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "position",
                    kernel.tenancy.models.TransactionIdField(
                        db_default=models.Func(function="pg_current_xact_id"), editable=False
                    ),
                ),
                ("people", models.BigIntegerField(default=0, verbose_name="people")),
                ("seen_at", models.DateTimeField(verbose_name="last seen")),
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
                "verbose_name": "copy kept current",
                "verbose_name_plural": "copies kept current",
                "constraints": [models.UniqueConstraint(fields=("brand", "name"), name="people_changefollower_once")],
            },
        ),
        FenceTables("PersonChange", "ChangeFollower"),
        migrations.RunSQL(changes.FUNCTIONS, changes.DROP_FUNCTIONS),
        migrations.RunSQL(changes.OF_PEOPLE, "".join(changes.unnoted(table) for table in changes.TABLES)),
    ]
