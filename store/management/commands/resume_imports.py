from typing import Any

from django.core.management.base import BaseCommand

from store.services.imports import resume_imports
from store.tasks import work_on_import


class Command(BaseCommand):
    help = "Go on with each import whose task was lost. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        runs = resume_imports()
        for run_id in runs:
            work_on_import.delay(run_id)
        self.stdout.write(f"Imports resumed: {len(runs)}.")
