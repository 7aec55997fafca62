from django.db import migrations, models

import store.models.versions


def vouch_for_what_is_there(apps, schema_editor):
    """Give the catalogue of a running shop its first versions; an empty one gets them as it is filled."""
    if apps.get_model('store', 'Product').objects.exists():
        for scope in ('assortment', 'catalog'):
            apps.get_model('store', 'Version').objects.create(scope=scope)


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0005_prices_status_and_payments'),
    ]

    operations = [
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(db_index=True, max_length=16)),
                ('stamp', models.BigIntegerField(default=store.models.versions.new_value)),
            ],
            options={
                'ordering': ['scope', 'id'],
                'default_permissions': (),
            },
        ),
        migrations.RunPython(vouch_for_what_is_there, migrations.RunPython.noop),
        migrations.DeleteModel(
            name='SalesVersion',
        ),
        migrations.AlterModelOptions(
            name='collection',
            options={'base_manager_name': 'objects', 'ordering': ['title', 'id']},
        ),
        migrations.AlterModelOptions(
            name='product',
            options={'base_manager_name': 'objects', 'ordering': ['title', 'id']},
        ),
        migrations.AlterModelOptions(
            name='productimage',
            options={'base_manager_name': 'objects', 'ordering': ['id']},
        ),
        migrations.AlterModelOptions(
            name='promotion',
            options={'base_manager_name': 'objects', 'ordering': ['description', 'id']},
        ),
    ]
