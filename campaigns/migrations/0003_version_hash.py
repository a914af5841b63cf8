from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_contributions")]

    operations = [
        migrations.RemoveField(model_name="campaignversion", name="sha256"),
        migrations.AddField(
            model_name="campaignversion",
            name="sha256",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.Func("manifest", function="sha256"), models.Value("hex"), function="encode"
                ),
                output_field=models.CharField(max_length=64),
                verbose_name="fingerprint",
            ),
        ),
    ]
