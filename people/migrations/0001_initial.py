import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0001_initial"),
        ("sources", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentEvent",
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
                ("purpose", models.CharField(max_length=40, verbose_name="purpose")),
                ("channel", models.CharField(max_length=20, verbose_name="channel")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "Given"),
                            ("renewed", "Renewed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("objected", "Objected"),
                            ("expired", "Expired"),
                            ("invalidated", "Invalidated"),
                        ],
                        max_length=12,
                        verbose_name="what happened",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "Consent"),
                            ("soft_opt_in", "Existing customer (soft opt-in)"),
                            ("legitimate_interests", "Legitimate interests"),
                            ("contract", "Contract"),
                        ],
                        default="consent",
                        max_length=24,
                        verbose_name="basis",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="recorded",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="until"),
                ),
                (
                    "notice_version",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="notice"),
                ),
                (
                    "wording",
                    models.TextField(blank=True, default="", verbose_name="what was shown"),
                ),
                (
                    "method",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="how"),
                ),
                (
                    "evidence",
                    models.JSONField(blank=True, default=dict, verbose_name="evidence"),
                ),
                ("idempotency_key", models.CharField(max_length=200)),
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
                    "source",
                    kernel.tenancy.models.BrandForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_events",
                        to="sources.datasource",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent event",
                "verbose_name_plural": "consent events",
            },
        ),
        migrations.CreateModel(
            name="Person",
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
                ("number", models.BigIntegerField(editable=False)),
                (
                    "country",
                    models.CharField(blank=True, default="", max_length=6, verbose_name="country"),
                ),
                (
                    "birth_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of birth"),
                ),
                (
                    "time_zone",
                    models.CharField(blank=True, default="", max_length=64, verbose_name="time zone"),
                ),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=8, verbose_name="language"),
                ),
                (
                    "fields",
                    models.JSONField(blank=True, default=dict, verbose_name="fields"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("restricted", "Restricted"),
                            ("erased", "Erased"),
                        ],
                        default="active",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("wrapped_key", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField(verbose_name="known since")),
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
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
        migrations.CreateModel(
            name="Identifier",
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
                            ("email", "E-mail address"),
                            ("phone", "Phone number"),
                            ("device", "Device"),
                            ("customer", "Customer number"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("pseudonym", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField()),
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
                        related_name="identifiers",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier",
                "verbose_name_plural": "identifiers",
            },
        ),
        migrations.CreateModel(
            name="ConsentState",
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
                ("purpose", models.CharField(max_length=40)),
                ("channel", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "Given"),
                            ("renewed", "Renewed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("objected", "Objected"),
                            ("expired", "Expired"),
                            ("invalidated", "Invalidated"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "Consent"),
                            ("soft_opt_in", "Existing customer (soft opt-in)"),
                            ("legitimate_interests", "Legitimate interests"),
                            ("contract", "Contract"),
                        ],
                        max_length=24,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
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
                    "event",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.consentevent",
                    ),
                ),
                (
                    "person",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consent_states",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
            },
        ),
        migrations.AddField(
            model_name="consentevent",
            name="person",
            field=kernel.tenancy.models.BrandForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consent_events",
                to="people.person",
            ),
        ),
        migrations.CreateModel(
            name="PersonGate",
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
                ("epoch", models.BigIntegerField(default=0)),
                ("in_flight", models.PositiveIntegerField(default=0)),
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
                        related_name="gates",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "gate",
                "verbose_name_plural": "gates",
            },
        ),
        migrations.CreateModel(
            name="PrivacySettings",
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
                    "kinds_refused",
                    models.JSONField(
                        blank=True,
                        default=list,
                        verbose_name="kinds of data not shared",
                    ),
                ),
                (
                    "channels_off",
                    models.JSONField(blank=True, default=list, verbose_name="channels switched off"),
                ),
                (
                    "messages_per_week",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="messages per week at most"),
                ),
                (
                    "quiet_from",
                    models.TimeField(blank=True, null=True, verbose_name="quiet from"),
                ),
                (
                    "quiet_until",
                    models.TimeField(blank=True, null=True, verbose_name="quiet until"),
                ),
                (
                    "paused_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="paused until"),
                ),
                (
                    "no_personalisation",
                    models.BooleanField(default=False, verbose_name="no personalisation"),
                ),
                (
                    "no_inference",
                    models.BooleanField(default=False, verbose_name="no inference"),
                ),
                (
                    "no_retargeting",
                    models.BooleanField(default=False, verbose_name="no retargeting"),
                ),
                (
                    "brand_muted",
                    models.BooleanField(default=False, verbose_name="this brand muted"),
                ),
                ("changed_at", models.DateTimeField()),
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
                        related_name="privacy_settings",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "privacy settings",
                "verbose_name_plural": "privacy settings",
            },
        ),
        migrations.CreateModel(
            name="SourceRecord",
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
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Public"),
                            ("followers", "Followers only"),
                            ("private", "Private"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="public",
                        max_length=10,
                    ),
                ),
                ("observed_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
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
                        related_name="records",
                        to="people.person",
                    ),
                ),
                (
                    "source",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="sources.datasource",
                    ),
                ),
            ],
            options={
                "verbose_name": "record in a source",
                "verbose_name_plural": "records in sources",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
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
                            ("email", "E-mail address"),
                            ("phone", "Phone number"),
                            ("device", "Device"),
                            ("customer", "Customer number"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("pseudonym", models.BinaryField(max_length=32)),
                ("reason", models.CharField(max_length=40, verbose_name="reason")),
                ("created_at", models.DateTimeField(verbose_name="since")),
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
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppression list",
            },
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(fields=("brand", "number"), name="people_person_number"),
        ),
        migrations.AddIndex(
            model_name="identifier",
            index=models.Index(fields=["brand", "person", "kind"], name="people_identifier_person"),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.UniqueConstraint(fields=("brand", "kind", "pseudonym"), name="people_identifier_once"),
        ),
        migrations.AddIndex(
            model_name="consentstate",
            index=models.Index(
                fields=["brand", "purpose", "channel", "person"],
                name="people_consentstate_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentstate",
            constraint=models.UniqueConstraint(
                fields=("brand", "person", "purpose", "channel"),
                name="people_consentstate_once",
            ),
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(
                fields=["brand", "person", "purpose", "channel"],
                name="people_consentevent_of",
            ),
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(
                fields=["brand", "transaction", "id"],
                name="people_consentevent_position",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentevent",
            constraint=models.UniqueConstraint(fields=("brand", "idempotency_key"), name="people_consentevent_once"),
        ),
        migrations.AddConstraint(
            model_name="persongate",
            constraint=models.UniqueConstraint(fields=("brand", "person"), name="people_persongate_once"),
        ),
        migrations.AddConstraint(
            model_name="privacysettings",
            constraint=models.UniqueConstraint(fields=("brand", "person"), name="people_privacysettings_once"),
        ),
        migrations.AddIndex(
            model_name="sourcerecord",
            index=models.Index(fields=["brand", "person"], name="people_sourcerecord_person"),
        ),
        migrations.AddConstraint(
            model_name="sourcerecord",
            constraint=models.UniqueConstraint(fields=("brand", "source", "person"), name="people_sourcerecord_once"),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(fields=("brand", "kind", "pseudonym"), name="people_suppression_once"),
        ),
        FenceTables(
            "Person",
            "Identifier",
            "SourceRecord",
            "ConsentEvent",
            "ConsentState",
            "PrivacySettings",
            "Suppression",
            "PersonGate",
            append_only=("ConsentEvent",),
        ),
    ]
