import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_numbers_and_provenance"),
        ("tenants", "0002_unused_tables"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consentevent",
            name="brand",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.brand",
                verbose_name="brand",
            ),
        ),
        migrations.AlterField(
            model_name="consentstate",
            name="brand",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.brand",
                verbose_name="brand",
            ),
        ),
        migrations.AlterField(
            model_name="identifier",
            name="brand",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.brand",
                verbose_name="brand",
            ),
        ),
        migrations.AlterField(
            model_name="persongate",
            name="brand",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.brand",
                verbose_name="brand",
            ),
        ),
        migrations.AlterField(
            model_name="privacysettings",
            name="brand",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.brand",
                verbose_name="brand",
            ),
        ),
        migrations.AlterField(
            model_name="sourcerecord",
            name="brand",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.brand",
                verbose_name="brand",
            ),
        ),
    ]
