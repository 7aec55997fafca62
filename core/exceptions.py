from rest_framework import status


class AccountInUse(Exception):
    """The account has orders, which outlive it."""

    status_code = status.HTTP_405_METHOD_NOT_ALLOWED
    code = "account_in_use"
    message = "Account cannot be deleted because it has one or more orders."
    detail = {"error": message}
