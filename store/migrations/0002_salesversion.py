from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SalesVersion',
            fields=[
                ('shard', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('stamp', models.BigIntegerField()),
            ],
            options={
                'ordering': ['shard'],
                'default_permissions': (),
            },
        ),
    ]
