"""Passwords that were tried, by keyed pseudonyms of accounts and networks; of accounts that do not exist too."""

from django.db import models

from storefront.models import PartialUpdateModel


class TriedAccount(PartialUpdateModel):
    """How often an account was tried in vain from everywhere; its lock orders all attempts on it."""

    account = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    # After that it counts from nothing.
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.account


class TriedNetwork(PartialUpdateModel):
    """What one network tried with one account, and when it last signed in."""

    # Of the account and the network together: no row tells that two accounts share a network.
    key = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=64, db_index=True)
    failures = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    # Until when it waits for its next attempt because others failed.
    held_until = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
