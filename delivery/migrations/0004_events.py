import django.db.models.deletion
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0003_note_messages"),
        ("people", "0006_changes_of_people"),
        ("tenants", "0005_bands"),
    ]

    operations = [
        migrations.CreateModel(
            name="TriggerEvent",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("client", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=150)),
                ("kind", models.CharField(max_length=20, verbose_name="what happened")),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("not_before", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("data", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("decided", "Decided at the gate"),
                            ("stopped", "Stopped"),
                            ("expired", "Ended with its release"),
                            ("noted", "Noted"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("received_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
            },
        ),
        migrations.RemoveConstraint(
            model_name="intent",
            name="delivery_intent_once",
        ),
        migrations.AddField(
            model_name="intent",
            name="event",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="release",
            name="mode",
            field=models.CharField(
                choices=[("audience", "An audience"), ("events", "Single events")],
                default="audience",
                max_length=10,
                verbose_name="goes to",
            ),
        ),
        migrations.AddConstraint(
            model_name="intent",
            constraint=models.UniqueConstraint(
                fields=("brand", "release", "person", "event"), name="delivery_intent_once", nulls_distinct=False
            ),
        ),
        migrations.AddField(
            model_name="triggerevent",
            name="brand",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.brand",
                verbose_name="brand",
            ),
        ),
        migrations.AddField(
            model_name="triggerevent",
            name="person",
            field=kernel.tenancy.models.BrandForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="triggerevent",
            name="release",
            field=kernel.tenancy.models.BrandForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="delivery.release",
            ),
        ),
        migrations.AddIndex(
            model_name="triggerevent",
            index=models.Index(fields=["brand", "release", "state", "due_at"], name="delivery_event_due"),
        ),
        migrations.AddIndex(
            model_name="triggerevent",
            index=models.Index(fields=["brand", "person", "kind", "happened_at"], name="delivery_event_person"),
        ),
        migrations.AddConstraint(
            model_name="triggerevent",
            constraint=models.UniqueConstraint(fields=("brand", "client", "name"), name="delivery_event_once"),
        ),
        FenceTables("TriggerEvent"),
    ]
