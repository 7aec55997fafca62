from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

from core.groups import APPS, create_groups


def make_groups(state, schema_editor):
    """Make the ready groups, once; Django makes the permissions that they hold after all migrations only."""
    using = schema_editor.connection.alias
    for label in filter(apps.is_installed, APPS):
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    create_groups(using)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_unique_keys"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Backwards they stay: they may have members.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
