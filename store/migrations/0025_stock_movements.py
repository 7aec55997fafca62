from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def open_stock(apps: Any, schema_editor: Any) -> None:
    """Let the movements of each product begin with the stock it has."""
    quote = schema_editor.quote_name
    movement, product = (
        apps.get_model("store", name)._meta.db_table for name in ("StockMovement", "Product")
    )
    columns = ", ".join(map(quote, ("product_id", "pieces", "cause", "moved_at")))
    sql = (
        f"INSERT INTO {quote(movement)} ({columns})"
        f" SELECT {quote('id')}, {quote('inventory')}, 'opening', CURRENT_TIMESTAMP"
        f" FROM {quote(product)} WHERE {quote('inventory')} <> 0"
    )
    # Not by the editor, which takes it for a change of the schema.
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(sql)


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0024_low_stock_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pieces', models.BigIntegerField()),
                ('cause', models.CharField(choices=[('opening', 'Opening stock'), ('order', 'Order'), ('cancellation', 'Cancellation'), ('correction', 'Correction'), ('import', 'Import')], max_length=12)),
                ('moved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('moved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='store.order')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stock_movements', to='store.product')),
            ],
            options={
                'ordering': ['-id'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['product', 'id'], name='stockmovement_product')],
            },
        ),
        migrations.RunPython(open_stock, migrations.RunPython.noop),
    ]
