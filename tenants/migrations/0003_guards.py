from django.db import migrations

from tenants import guards


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_unused_tables")]

    operations = [migrations.RunSQL(guards.MEMBERSHIP_GUARD, guards.REMOVE)]
