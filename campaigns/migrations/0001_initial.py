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
        ("auth", "0012_alter_user_first_name_max_length"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
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
                    "facts",
                    models.JSONField(blank=True, default=dict, verbose_name="answers"),
                ),
                (
                    "content",
                    models.JSONField(blank=True, default=dict, verbose_name="message"),
                ),
                (
                    "schedule",
                    models.JSONField(blank=True, default=dict, verbose_name="schedule"),
                ),
                (
                    "audience",
                    models.JSONField(blank=True, default=dict, verbose_name="audience"),
                ),
                (
                    "sources",
                    models.JSONField(blank=True, default=list, verbose_name="data sources"),
                ),
                (
                    "integrations",
                    models.JSONField(blank=True, default=list, verbose_name="integrations"),
                ),
                (
                    "background",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        verbose_name="where the example comes from",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
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
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "permissions": [("edit_campaign", "May edit this campaign")],
            },
        ),
        migrations.CreateModel(
            name="CampaignPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "brand_id",
                    models.UUIDField(
                        db_default=models.Func(function="lighttouch_brand"),
                        editable=False,
                    ),
                ),
                (
                    "content_object",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="auth.permission",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "campaigns_permission",
            },
        ),
        migrations.CreateModel(
            name="CampaignVersion",
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
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("manifest", models.BinaryField()),
                ("sha256", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("frozen_at", models.DateTimeField(verbose_name="frozen")),
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
                    "campaign",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="campaigns.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
            },
        ),
        migrations.CreateModel(
            name="Contribution",
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
                    "campaign",
                    kernel.tenancy.models.BrandForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contributions",
                        to="campaigns.campaign",
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
                "verbose_name": "contribution",
                "verbose_name_plural": "contributions",
            },
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(fields=("brand", "key"), name="campaigns_campaign_key"),
        ),
        migrations.AddConstraint(
            model_name="campaignpermission",
            constraint=models.UniqueConstraint(
                fields=("brand_id", "user", "permission", "content_object"),
                name="campaigns_permission_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignversion",
            constraint=models.UniqueConstraint(fields=("brand", "campaign", "number"), name="campaigns_version_number"),
        ),
        FenceTables(
            "Campaign",
            "CampaignPermission",
            "Contribution",
            "CampaignVersion",
            append_only=("Contribution", "CampaignVersion"),
        ),
    ]
