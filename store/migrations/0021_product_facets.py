from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0020_search_in_more_places"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                fields=["collection", "unit_price", "inventory", "is_published"],
                name="product_facets",
            ),
        ),
    ]
