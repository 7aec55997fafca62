"""Static files as production serves them."""

import logging

from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = logging.getLogger(__name__)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Names files by their content; a page does without a file that was not collected."""

    said = False

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            self.explain_collectstatic()
            return name

    def explain_collectstatic(self) -> None:
        if not self.hashed_files and not self.said:
            self.said = True
            logger.warning(
                "Static files are served uncompressed and without names of their own: "
                "run manage.py collectstatic and start again"
            )
