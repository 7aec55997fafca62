"""The cache key of a list: what its queryset asks for, where that changes with the catalogue's version alone."""

from collections.abc import Hashable
from typing import Any

from django.apps import apps
from django.db.models import Lookup
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.where import WhereNode

from ..models.versions import Versioned

# What a queryset may have beside its filter and its order; with any of it, it has no key.
MORE = (
    *("_filtered_relations", "annotations", "combined_queries", "deferred_loading", "distinct"),
    *("distinct_fields", "extra", "extra_order_by", "extra_tables", "group_by"),
    *("select_for_update", "select_related"),
)
# Of a query rather than of its class, which has no annotations.
PLAIN = {name: getattr(Query(Versioned), name) for name in MORE}


class HasNoKey(Exception):
    """The rows depend on more than versioned columns."""


def cache_key(query: Query) -> Hashable | None:
    """Return what two queries have in common that find the same rows in the same order; None for a query without."""
    try:
        return query_key(query)
    except HasNoKey:
        return None


def columns_in(key: Any) -> set[str]:
    """Return the names of the columns that a key compares."""
    if not isinstance(key, tuple):
        return set()
    own = {key[2]} if key[:1] == ("column",) else set()
    return own.union(*map(columns_in, key))


def query_key(query: Query) -> Hashable:
    is_plain = all(getattr(query, name) == value for name, value in PLAIN.items())
    # An expression does not tell all of itself, such as where it puts nulls.
    is_named = all(isinstance(name, str) for name in query.order_by)
    if not (is_plain and is_named) or query.is_sliced or not is_versioned(query.model):
        raise HasNoKey
    order = (query.standard_ordering, query.default_ordering, *query.order_by)
    where = part_key(query.where)
    return query.model, part_key(query.select), where, joins_key(query), order


def joins_key(query: Query) -> Hashable:
    """Return the key of the tables that the aliases of columns stand for; raises HasNoKey for one without versions."""
    joins = [
        (alias, join)
        for alias, join in query.alias_map.items()
        if join.parent_alias and query.alias_refcount[alias]
    ]
    if not joins:
        return ()
    tables = {model._meta.db_table for model in apps.get_models() if is_versioned(model)}
    if not tables.issuperset(join.table_name for _, join in joins):
        raise HasNoKey
    # A joined table is a column too, by which its rows are found.
    return tuple(("column", alias, join.table_name, join, join.join_type) for alias, join in joins)


def is_versioned(model: Any) -> bool:
    return issubclass(model, Versioned)


def part_key(part: Any) -> Hashable:
    """Return the key of a part of a condition; raises HasNoKey for what is not known here."""
    match part:
        case WhereNode():
            return part.connector, part.negated, *map(part_key, part.children)
        case Lookup():
            return type(part), part_key(part.lhs), part_key(part.rhs)
        case Col():
            return column_key(part)
        case Query():
            return query_key(part)
        case list() | tuple():
            return tuple(map(part_key, part))
    if hasattr(part, "as_sql") or not isinstance(part, Hashable):
        raise HasNoKey
    return type(part), part


def column_key(column: Col) -> Hashable:
    model: Any = column.target.model
    if not is_versioned(model) or column.target.name in model.unversioned_fields:
        raise HasNoKey
    return "column", column.alias, column.target.name
