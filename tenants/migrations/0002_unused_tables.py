from django.conf import settings
from django.db import migrations

# Tables that come with Django and django-guardian and are not fenced by brand: nothing of ours is kept in them, and the
# application cannot change that. Rights stand in the rooms' own tables, what happened stands in the trail.
UNUSED = (
    "auth_group",
    "auth_group_permissions",
    "django_admin_log",
    "guardian_groupobjectpermission",
    "guardian_userobjectpermission",
    "tenants_user_groups",
    "tenants_user_user_permissions",
)
TABLES = ", ".join(UNUSED)


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
    ]

    operations = [
        migrations.RunSQL(
            f"REVOKE INSERT, UPDATE, DELETE ON {TABLES} FROM {settings.APP_ROLE}",
            f"GRANT INSERT, UPDATE, DELETE ON {TABLES} TO {settings.APP_ROLE}",
        ),
    ]
