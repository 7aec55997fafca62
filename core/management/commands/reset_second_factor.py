from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...models import User
from ...services.second_factors import remove_second_factor
from ...services.tokens import revoke_refresh_tokens


class Command(BaseCommand):
    help = "Take the second factor off an account whose owner lost it, and sign it out everywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist as error:
            raise CommandError(f"Nobody signs in as {options['username']}.") from error
        remove_second_factor(user=user)
        revoke_refresh_tokens(user_id=user.pk)
        self.stdout.write(f"{user.username} signs in with the password alone.")
