"""Texts that two rows must not share, whatever their spelling and whatever the database.

Databases compare texts by collations of their own: MariaDB ignores case and accents and takes one emoji
for another, SQLite and PostgreSQL compare letter by letter. A model therefore keeps a digest of the
canonical form of such a text in a column of its own, which compares alike everywhere. A text of which
only the same letters are the same, such as a code, is an ExactCharField and needs no second column.
"""
