"""Why something cannot be taken back."""


class NotTakenBack(Exception):
    """Base of the refusals to take an operation back; nothing was changed."""

    detail = "This cannot be taken back."

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.detail
        super().__init__(self.detail)


class TakenBackAlready(NotTakenBack):
    detail = "This was taken back already."


class ChangedSince(NotTakenBack):
    """Somebody has changed rows since the operation."""

    # Rows that the refusal names.
    NAMED = 5

    def __init__(self, rows: list[str]) -> None:
        more = f" and {len(rows) - self.NAMED} more" if len(rows) > self.NAMED else ""
        names = ", ".join(rows[: self.NAMED])
        super().__init__(
            f"Changed since, by somebody else or deleted: {names}{more}. Nothing was taken back."
        )
