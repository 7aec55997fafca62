"""SQL that is compiled once for each connection and run many times: to compile it costs more than to run it.

At the bottom of the shop: it knows no model. It passes by signals and what a QuerySet does beside its SQL.
"""

from .inserts import insert
from .parameters import Many
from .selects import CompiledSelect, compiled_instances, compiled_select
from .writes import CompiledWrite, compiled_delete, compiled_update

__all__ = [
    "CompiledSelect",
    "CompiledWrite",
    "Many",
    "compiled_delete",
    "compiled_instances",
    "compiled_select",
    "compiled_update",
    "insert",
]
