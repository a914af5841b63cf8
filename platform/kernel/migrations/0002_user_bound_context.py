from django.db import migrations

from kernel.tenancy.sql import CONTEXT


class Migration(migrations.Migration):
    """Brings databases made before a brand was signed together with its user to the same function."""

    dependencies = [("kernel", "0001_initial")]

    operations = [migrations.RunSQL(CONTEXT, migrations.RunSQL.noop)]
