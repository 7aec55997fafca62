from typing import Any

from django.db import models
from django.db.models.lookups import Exact


@models.CharField.register_lookup
class Exactly(Exact):
    """The same letters, where MariaDB's `=` ignores case, accents and which emoji it is."""

    lookup_name = "exactly"
    # A field that writes its texts in one form would find none in another, such as those of plain SQL.
    prepare_rhs = False

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"= {rhs}"

    def as_mysql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        # The first condition is what the index answers.
        params = (*lhs_params, *rhs_params)
        return f"({lhs} = {rhs} AND BINARY {lhs} = {rhs})", params * 2
