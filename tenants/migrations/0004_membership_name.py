from django.db import migrations, models


class Migration(migrations.Migration):
    """What a brand calls its member. Members of before are shown by their address until they are given a name."""

    dependencies = [("tenants", "0003_guards")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="name",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="name"),
        ),
    ]
