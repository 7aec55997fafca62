from typing import Any

from django.core.management.base import BaseCommand

from store.services.words import index_parts, learn_words


class Command(BaseCommand):
    help = (
        "Collect the words of the products, for searches with a mistake in a word. Makes the index "
        "of trigrams on PostgreSQL, too, where migrate was not allowed to. For cron, where no beat runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if index_parts():
            self.stdout.write("Index of trigrams: made.")
        self.stdout.write(f"Words known: {learn_words()}.")
