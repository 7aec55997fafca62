from django.db import migrations, models

# Rows that are deleted at once.
CHUNK = 2000


def delete_doubles(apps, schema_editor):
    words = apps.get_model("store", "KnownWord").objects.using(schema_editor.connection.alias)
    seen, doubles = set(), []
    for key, text in words.order_by("pk").values_list("pk", "text"):
        if text in seen:
            doubles.append(key)
        seen.add(text)
    for start in range(0, len(doubles), CHUNK):
        words.filter(pk__in=doubles[start : start + CHUNK]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0021_product_facets"),
    ]

    operations = [
        migrations.RunPython(delete_doubles, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="knownword",
            constraint=models.UniqueConstraint(fields=["text"], name="word_text_unique"),
        ),
    ]
