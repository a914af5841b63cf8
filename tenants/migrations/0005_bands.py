"""Where the bands of the light touch begin for a brand: never milder than for everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_membership_name")]

    operations = [
        migrations.AddField(
            "brand", "light_from", models.PositiveSmallIntegerField(default=80, verbose_name="light from")
        ),
        migrations.AddField(
            "brand", "mixed_from", models.PositiveSmallIntegerField(default=60, verbose_name="mixed from")
        ),
        migrations.AddConstraint(
            "brand",
            models.CheckConstraint(
                condition=models.Q(
                    ("light_from__gte", 80),
                    ("light_from__lte", 100),
                    ("mixed_from__gte", 60),
                    ("mixed_from__lte", models.F("light_from")),
                ),
                name="tenants_brand_never_milder",
            ),
        ),
    ]
