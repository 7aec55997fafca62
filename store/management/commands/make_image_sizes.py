from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from store.services.picture_sizes import UNUSABLE, make_picture_sizes, unsized_pictures
from store.services.pictures import stored_pictures


class Command(BaseCommand):
    help = (
        "Make the sizes of the pictures that have none, one after another. May be stopped and repeated at "
        "any time: it goes on with those that are left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="of all pictures anew, and try those again of which none could be made",
        )

    def handle(self, *, verbosity: int, **options: Any) -> None:
        names = stored_pictures() if options["all"] else unsized_pictures()
        # None: no bar where nobody watches.
        disable = True if verbosity == 0 else None
        made = left = 0
        for name in tqdm(names, unit=" pictures", disable=disable):
            try:
                made += make_picture_sizes(name=name)
            except UNUSABLE as error:
                left += 1
                self.stderr.write(f"{name}: {error}")
        self.stdout.write(f"Pictures with new sizes: {made}, left as they are: {left}.")
