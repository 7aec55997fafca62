"""Django's SQLite, for writers that follow closely upon each other."""
