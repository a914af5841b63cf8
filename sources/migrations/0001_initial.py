import re

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.tenancy.models
from kernel.tenancy.operations import FenceTables

KEY = django.core.validators.RegexValidator(
    re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}\\Z"), "a key of letters, digits, dots, hyphens and underscores"
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0001_initial"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DataSource",
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
                ("key", models.CharField(max_length=100, validators=[KEY], verbose_name="key")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("list", "List of people"),
                            ("tag", "Tag or pixel"),
                            ("sdk", "SDK in an app"),
                            ("model", "Model or inference"),
                            ("feed", "Feed of events"),
                            ("social", "Social network"),
                        ],
                        default="list",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "facts",
                    models.JSONField(blank=True, default=dict, verbose_name="answers"),
                ),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="registered")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
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
                "verbose_name": "data source",
                "verbose_name_plural": "data sources",
            },
        ),
        migrations.CreateModel(
            name="SourceImport",
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
                ("file", models.FileField(upload_to="imports/", verbose_name="file")),
                (
                    "file_name",
                    models.CharField(max_length=200, verbose_name="file name"),
                ),
                ("file_sha256", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict, verbose_name="columns")),
                (
                    "dry_run",
                    models.BooleanField(default=True, verbose_name="only look"),
                ),
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
                        verbose_name="state",
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
                ("resume_line", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
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
                    "source",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="sources.datasource",
                        verbose_name="data source",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
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
                ("line", models.BigIntegerField(verbose_name="line")),
                (
                    "column",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="column"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
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
                    "source_import",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="problems",
                        to="sources.sourceimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "row left out",
                "verbose_name_plural": "rows left out",
            },
        ),
        migrations.CreateModel(
            name="SourceContribution",
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
                ("actor_kind", models.CharField(max_length=10)),
                ("client_id", models.UUIDField(null=True)),
                ("what", models.CharField(max_length=20, verbose_name="what")),
                ("at", models.DateTimeField(verbose_name="when")),
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
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contributions",
                        to="sources.datasource",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "contribution to a data source",
                "verbose_name_plural": "contributions to data sources",
            },
        ),
        migrations.AddConstraint(
            model_name="datasource",
            constraint=models.UniqueConstraint(fields=("brand", "key"), name="sources_datasource_key"),
        ),
        migrations.AddConstraint(
            model_name="importproblem",
            constraint=models.UniqueConstraint(
                fields=("brand", "source_import", "line", "column"),
                name="sources_problem_once",
            ),
        ),
        FenceTables(
            "DataSource", "SourceContribution", "SourceImport", "ImportProblem", append_only=("SourceContribution",)
        ),
    ]
