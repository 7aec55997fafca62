"""What the API refuses a request with, whichever app it was for."""

from typing import Any

from rest_framework import exceptions, status


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "The request conflicts with the state of the shop; read it again."
    default_code = "conflict"


class RequestTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."
    default_code = "request_too_large"


class Refusal(exceptions.APIException):
    """A refusal by a rule of some app, with its stable code in the body."""

    # Seconds, sent as Retry-After.
    wait: int | None = None

    def __init__(self, status_code: int, code: str, detail: str | dict[str, Any]) -> None:
        self.status_code = status_code
        fields = detail if isinstance(detail, dict) else {"detail": detail}
        body: Any = {name: with_code(value, code) for name, value in fields.items()}
        body["code"] = code
        self.detail = body


class PreconditionFailed(Refusal):
    """Somebody has changed a row since the writer read it; nothing was written."""

    code = "precondition_failed"
    message = "It has changed since you read it; read it again."

    def __init__(self) -> None:
        super().__init__(status.HTTP_412_PRECONDITION_FAILED, self.code, self.message)


class Unavailable(Refusal):
    """A service that the response needs did not answer; nothing was changed."""

    wait = 5
    code = "unavailable"
    message = "The shop cannot answer right now; please try again."

    def __init__(self) -> None:
        super().__init__(status.HTTP_503_SERVICE_UNAVAILABLE, self.code, self.message)


class StorageUnavailable(Unavailable):
    """The storage of uploaded files is away, or turns the shop away."""

    code = "storage_unavailable"
    message = "The storage of files does not answer; nothing was saved. Please try again."


class Busy(Refusal):
    """More was asked for at once than may wait; nothing was done."""

    wait = 1
    code = "busy"
    message = "Too many requests of this kind are waiting; please try again."

    def __init__(self) -> None:
        super().__init__(status.HTTP_503_SERVICE_UNAVAILABLE, self.code, self.message)


# What a client may send again unchanged, after the seconds that `wait` tells.
WAITS = (exceptions.Throttled, Busy)


class ValueDoesNotFit(Refusal):
    """The database refused a value that is out of range, or too long, for its column."""

    code = "value_does_not_fit"
    message = "A value is out of range or too long; nothing was changed."

    def __init__(self) -> None:
        super().__init__(status.HTTP_400_BAD_REQUEST, self.code, self.message)


def with_code(value: Any, code: str) -> Any:
    """Give the texts of a field their code; what else it holds stays, such as a number."""
    # APIException would turn numbers into texts too.
    if isinstance(value, str):
        return exceptions.ErrorDetail(value, code)
    if isinstance(value, list):
        return [with_code(each, code) for each in value]
    return value
