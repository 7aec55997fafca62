"""A short text that is compared letter by letter on every database, without a key of its own."""

from typing import Any

from django.db import models
from django.db.models import lookups

from storefront.character_sets import COLLATION

# Binary and without padding: to the usual collation `a`, `A`, `á` and `a ` are the same.
MARIADB_COLLATION = "utf8mb4_nopad_bin"
MYSQL_COLLATION = "utf8mb4_0900_bin"


class ExactCharField(models.CharField):
    """A text that `=`, `unique` and indexes compare exactly; where it may be null, an empty one is."""

    def db_parameters(self, connection: Any) -> Any:
        parameters: Any = super().db_parameters(connection)
        if connection.vendor == "mysql":
            exact = MARIADB_COLLATION if connection.mysql_is_mariadb else MYSQL_COLLATION
            parameters["collation"] = exact
        return parameters

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.stored(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(self.stored(value), connection)

    def stored(self, value: Any) -> Any:
        return None if self.null and value == "" else value


class AnyCase(models.Lookup):
    """Ignores case as it is ignored in the other texts of MySQL and MariaDB."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        sql, params = super().process_lhs(compiler, connection, lhs)
        return (f"{sql} COLLATE {COLLATION}" if connection.vendor == "mysql" else sql), params


for lookup in (lookups.IExact, lookups.IContains, lookups.IStartsWith, lookups.IEndsWith):
    ExactCharField.register_lookup(type(lookup.__name__, (AnyCase, lookup), {}))
