from django.db import migrations

SIGNS = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""

# An index of the words of title and description in each database, where no model sees it. `simple` keeps
# every word as it is: a shop's language is not known. Signs become spaces, lest the parser takes `pot/cup`
# for a path and `tea-pot.de` for a host. A longer text would not fit into a tsvector.
POSTGRESQL = [
    f"""
    ALTER TABLE store_product ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', translate(title, $${SIGNS}$$, repeat(' ', {len(SIGNS)}))), 'A') ||
        setweight(to_tsvector('simple', translate(left(coalesce(description, ''), 100000),
            $${SIGNS}$$, repeat(' ', {len(SIGNS)}))), 'B')
    ) STORED
    """,
    'CREATE INDEX product_words ON store_product USING gin (words)',
]

# InnoDB leaves out words of one or two letters and some thirty others (`the`, `com`); with an ending that
# none of them has, each is indexed, and still found by its start. The title counts for four. Column and
# index one after the other: in one statement the rows are indexed one by one, which takes many times as long.
MYSQL = [
    r"""
    ALTER TABLE store_product ADD COLUMN words longtext GENERATED ALWAYS AS (
        REGEXP_REPLACE(
            CONCAT_WS(' ', title, title, title, title, LEFT(description, 100000), ''),
            '[^\\p{L}\\p{N}\\p{M}]+', '___ '
        )
    ) STORED INVISIBLE
    """,
    'ALTER TABLE store_product ADD FULLTEXT INDEX product_words (words)',
]

# The index keeps the texts once more: it must know what it forgets, also where REPLACE deletes a row
# unseen by a trigger. A migration that makes store_product anew has KeepTriggers of store/operations.py.
SQLITE = [
    "CREATE VIRTUAL TABLE store_product_words USING fts5 (title, description, prefix = '2 3')",
    """
    INSERT INTO store_product_words (rowid, title, description)
    SELECT id, title, description FROM store_product
    """,
    """
    CREATE TRIGGER store_product_words_insert AFTER INSERT ON store_product BEGIN
        INSERT OR REPLACE INTO store_product_words (rowid, title, description)
        VALUES (new.id, new.title, new.description);
    END
    """,
    """
    CREATE TRIGGER store_product_words_update AFTER UPDATE OF id, title, description ON store_product
    WHEN old.id <> new.id OR old.title <> new.title OR old.description IS NOT new.description BEGIN
        DELETE FROM store_product_words WHERE rowid = old.id;
        INSERT OR REPLACE INTO store_product_words (rowid, title, description)
        VALUES (new.id, new.title, new.description);
    END
    """,
    """
    CREATE TRIGGER store_product_words_delete AFTER DELETE ON store_product BEGIN
        DELETE FROM store_product_words WHERE rowid = old.id;
    END
    """,
]

MAKE = {'postgresql': POSTGRESQL, 'mysql': MYSQL, 'sqlite': SQLITE}
UNMAKE = {
    'postgresql': ['ALTER TABLE store_product DROP COLUMN words'],
    'mysql': [
        'ALTER TABLE store_product DROP INDEX product_words',
        'ALTER TABLE store_product DROP COLUMN words',
    ],
    'sqlite': [
        'DROP TRIGGER store_product_words_delete',
        'DROP TRIGGER store_product_words_update',
        'DROP TRIGGER store_product_words_insert',
        'DROP TABLE store_product_words',
    ],
}


def run(statements):
    def run_those_of_the_database(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            # None: no parameters, so that a percent sign is one.
            schema_editor.execute(statement, params=None)

    return run_those_of_the_database


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0006_version'),
    ]

    operations = [
        # MySQL commits each statement; the other two undo the whole migration all the same.
        migrations.RunPython(run(MAKE), run(UNMAKE), atomic=False),
    ]
