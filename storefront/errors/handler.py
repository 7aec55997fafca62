"""The one place that turns exceptions into the API's error bodies."""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_framework_handler

from storefront.character_sets import character_refused
from storefront.sequences import sequence_behind

from .exceptions import Conflict, Refusal, RequestTooLarge, Unavailable, ValueDoesNotFit
from .problems import PROBLEM_JSON, accepts_problem, problem

logger = logging.getLogger(__name__)

# What the drivers raise where the server does not answer, or gave a transaction up once too often.
DATABASE_UNAVAILABLE = (OperationalError, InterfaceError)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception: DRF's body, or RFC 9457 problem details where the client accepts them."""
    response = rest_framework_handler(translate(exc), context)
    if response is None:
        return None
    if isinstance(response.data, list):
        response.data = {"non_field_errors": response.data}
    request = context.get("request")
    if request is not None and accepts_problem(request):
        response.data = problem(response.status_code, response.data)
        response.content_type = PROBLEM_JSON
    return response


def translate(exc: Exception) -> Exception:
    """Return the API exception that tells a client what this exception means."""
    if behind := sequence_behind(exc):
        logger.error("A sequence of ids stands behind", exc_info=exc)
        return refusal_of(behind)
    if refused := character_refused(exc):
        logger.warning("A text does not fit the character set of the database", exc_info=exc)
        return refusal_of(refused)
    match exc:
        case exceptions.APIException():
            return exc
        # A row that went away between two statements of one request.
        case ObjectDoesNotExist():
            return exceptions.NotFound()
        case RequestDataTooBig():
            return RequestTooLarge()
        case SuspiciousOperation():
            return exceptions.ParseError("The request is malformed.")
        # Two requests passed the same validation; the constraint let one of them through.
        case IntegrityError():
            logger.warning("A constraint refused a write", exc_info=exc)
            return Conflict()
        case DataError():
            logger.error("The database refused a value", exc_info=exc)
            return ValueDoesNotFit()
    if isinstance(exc, DATABASE_UNAVAILABLE):
        logger.error("The database did not answer", exc_info=exc)
        return Unavailable()
    if getattr(exc, "status_code", None):
        return refusal_of(exc)
    return exc


def refusal_of(exc: Any) -> Refusal:
    """Return what tells a client of a refusal by some app, whose exception has a `status_code`."""
    code, detail = getattr(exc, "code", "refused"), getattr(exc, "detail", str(exc))
    refusal = Refusal(exc.status_code, code, detail)
    refusal.wait = getattr(exc, "wait", None)
    return refusal
