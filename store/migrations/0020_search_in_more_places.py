import storefront.unique_keys.exact
from django.db import NotSupportedError, ProgrammingError, migrations, models, transaction

SIGNS = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""


def words_of(column):
    return f"to_tsvector('simple', translate({column}, $${SIGNS}$$, repeat(' ', {len(SIGNS)})))"


# The words of 0007, and those of the SKU. The collection is a word, too: a search for its title looks for
# that word, so that a new title changes no product. No text has a word with a sign in it.
COLUMNS_OF_POSTGRESQL = f"""
    setweight({words_of("title || ' ' || coalesce(sku, '')")}, 'A') ||
    setweight({words_of("left(coalesce(description, ''), 100000)")}, 'B') ||
    array_to_tsvector(ARRAY['c:' || collection_id])
"""
POSTGRESQL = [
    f"""
    ALTER TABLE store_product DROP COLUMN words,
    ADD COLUMN words tsvector GENERATED ALWAYS AS ({COLUMNS_OF_POSTGRESQL}) STORED
    """,
    'CREATE INDEX product_words ON store_product USING gin (words)',
    # Without knowing how common words are, it would sort a million products for a page.
    'ANALYZE store_product',
]

# No word that somebody types has an underscore. The SKU is of bytes while the character set of its table is
# converted.
WORDS_OF_MYSQL = r"""
    CONCAT(
        REGEXP_REPLACE(
            CONCAT_WS(
                ' ', title, title, title, title,
                CONVERT(sku USING utf8mb4) COLLATE utf8mb4_unicode_ci, LEFT(description, 100000), ''
            ),
            '[^\\p{L}\\p{N}\\p{M}]+', '___ '
        ),
        '_c', collection_id, '_'
    )
"""
MYSQL = [
    'ALTER TABLE store_product DROP INDEX product_words',
    f"""
    ALTER TABLE store_product DROP COLUMN words,
    ADD COLUMN words longtext GENERATED ALWAYS AS ({WORDS_OF_MYSQL}) STORED INVISIBLE
    """,
    'ALTER TABLE store_product ADD FULLTEXT INDEX product_words (words)',
]

# One copy of the texts for two indexes, of words and of each three letters in a row. They must know what they
# forget, also where REPLACE deletes a product unseen by a trigger.
TEXTS = "id, title, sku, description, collection"
SQLITE = [
    'DROP TRIGGER store_product_words_delete',
    'DROP TRIGGER store_product_words_update',
    'DROP TRIGGER store_product_words_insert',
    'DROP TABLE store_product_words',
    """
    CREATE TABLE store_product_texts (
        id INTEGER PRIMARY KEY, title TEXT, sku TEXT, description TEXT, collection INTEGER
    )
    """,
    """
    CREATE VIRTUAL TABLE store_product_words USING fts5 (
        title, sku, description, collection,
        content = 'store_product_texts', content_rowid = 'id', prefix = '1 2 3'
    )
    """,
    """
    CREATE VIRTUAL TABLE store_product_parts USING fts5 (
        title, sku, description, content = 'store_product_texts', content_rowid = 'id', tokenize = 'trigram'
    )
    """,
    f"""
    INSERT INTO store_product_texts ({TEXTS})
    SELECT id, title, sku, description, collection_id FROM store_product
    """,
    "INSERT INTO store_product_words (store_product_words) VALUES ('rebuild')",
    "INSERT INTO store_product_parts (store_product_parts) VALUES ('rebuild')",
    """
    CREATE TRIGGER store_product_texts_insert AFTER INSERT ON store_product_texts BEGIN
        INSERT INTO store_product_words (rowid, title, sku, description, collection)
        VALUES (new.id, new.title, new.sku, new.description, new.collection);
        INSERT INTO store_product_parts (rowid, title, sku, description)
        VALUES (new.id, new.title, new.sku, new.description);
    END
    """,
    """
    CREATE TRIGGER store_product_texts_delete AFTER DELETE ON store_product_texts BEGIN
        INSERT INTO store_product_words (store_product_words, rowid, title, sku, description, collection)
        VALUES ('delete', old.id, old.title, old.sku, old.description, old.collection);
        INSERT INTO store_product_parts (store_product_parts, rowid, title, sku, description)
        VALUES ('delete', old.id, old.title, old.sku, old.description);
    END
    """,
    f"""
    CREATE TRIGGER store_product_search_insert AFTER INSERT ON store_product BEGIN
        DELETE FROM store_product_texts WHERE id = new.id;
        INSERT INTO store_product_texts ({TEXTS})
        VALUES (new.id, new.title, new.sku, new.description, new.collection_id);
    END
    """,
    f"""
    CREATE TRIGGER store_product_search_update
    AFTER UPDATE OF id, title, sku, description, collection_id ON store_product
    WHEN old.id <> new.id OR old.title <> new.title OR old.sku IS NOT new.sku
        OR old.description IS NOT new.description OR old.collection_id <> new.collection_id
    BEGIN
        DELETE FROM store_product_texts WHERE id IN (old.id, new.id);
        INSERT INTO store_product_texts ({TEXTS})
        VALUES (new.id, new.title, new.sku, new.description, new.collection_id);
    END
    """,
    """
    CREATE TRIGGER store_product_search_delete AFTER DELETE ON store_product BEGIN
        DELETE FROM store_product_texts WHERE id = old.id;
    END
    """,
]
UNMAKE_SQLITE = [
    'DROP TRIGGER store_product_search_delete',
    'DROP TRIGGER store_product_search_update',
    'DROP TRIGGER store_product_search_insert',
    'DROP TABLE store_product_parts',
    'DROP TABLE store_product_words',
    'DROP TABLE store_product_texts',
]

PARTS = """
    CREATE INDEX product_parts ON store_product USING gin (
        upper(title || chr(1) || coalesce(sku, '') || chr(1) || coalesce(description, '')) gin_trgm_ops
    )
"""
NO_TRIGRAMS = """
  The extension pg_trgm is missing, and this user may not create it: `search=` reads every product.
  Let a superuser run CREATE EXTENSION pg_trgm; then run manage.py learn_words.
"""


def run(statements, schema_editor):
    for statement in statements:
        # None: no parameters, so that a percent sign is one.
        schema_editor.execute(statement, params=None)


def make(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == 'sqlite' and connection.Database.sqlite_version_info < (3, 34):
        raise NotSupportedError('SQLite 3.34 or later is required: the search needs its trigram tokenizer.')
    run({'postgresql': POSTGRESQL, 'mysql': MYSQL, 'sqlite': SQLITE}[connection.vendor], schema_editor)
    if connection.vendor == 'postgresql':
        try:
            with transaction.atomic(using=connection.alias):
                run(['CREATE EXTENSION IF NOT EXISTS pg_trgm', PARTS], schema_editor)
        except (NotSupportedError, ProgrammingError):
            print(NO_TRIGRAMS)


def unmake(apps, schema_editor):
    from importlib import import_module

    before = import_module('store.migrations.0007_product_search')
    vendor = schema_editor.connection.vendor
    if vendor == 'sqlite':
        run(UNMAKE_SQLITE, schema_editor)
    else:
        run(before.UNMAKE[vendor], schema_editor)
    if vendor == 'postgresql':
        # The extension stays: others may use it.
        run(['DROP INDEX IF EXISTS product_parts'], schema_editor)
    run(before.MAKE[vendor], schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0016_image_sizes'),
    ]

    operations = [
        # MySQL commits each statement; the other two undo the whole migration all the same.
        migrations.RunPython(make, unmake, atomic=False),
        migrations.CreateModel(
            name='KnownWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', storefront.unique_keys.exact.ExactCharField(max_length=80)),
                ('reversed', storefront.unique_keys.exact.ExactCharField(max_length=80)),
                ('products', models.BigIntegerField()),
            ],
            options={
                'db_table': 'store_word',
                'ordering': ['text'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['text'], name='word_text'),
                    models.Index(fields=['reversed'], name='word_reversed'),
                ],
            },
        ),
    ]
