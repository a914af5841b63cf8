from django.db import migrations

from people import changes

TABLES = ("delivery_intent", "delivery_messagecounter")


class Migration(migrations.Migration):
    """What was handed over decides about people as well: it is noted like what they said themselves."""

    dependencies = [("delivery", "0002_note_batch_runner"), ("people", "0006_changes_of_people")]

    operations = [
        migrations.RunSQL(
            "".join(changes.noted(table) for table in TABLES), "".join(changes.unnoted(table) for table in TABLES)
        ),
    ]
