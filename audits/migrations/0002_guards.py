from django.conf import settings
from django.db import migrations

from audits import guards


class Migration(migrations.Migration):
    dependencies = [("audits", "0001_initial"), ("campaigns", "0002_contributions"), ("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(guards.SUBMITTER + guards.DECISION_GUARD + guards.CASE_GUARD, guards.REMOVE),
        migrations.RunSQL(
            guards.KEEP_CASES.format(app=settings.APP_ROLE), guards.MAY_DELETE_CASES.format(app=settings.APP_ROLE)
        ),
    ]
