"""Uploaded files on S3-compatible storage (needs the category `production` of the Pipfile)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from ..errors.exceptions import StorageUnavailable
from .media import CACHE_CONTROL, OTHER_TYPE, picture_type

logger = logging.getLogger(__name__)


@contextmanager
def reporting_failures() -> Iterator[None]:
    """Turn the errors of a storage that is away, or that refuses the shop's keys, into a refusal."""
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        logger.exception("The storage of files did not answer")
        raise StorageUnavailable from error


class MediaStorage(S3Storage):
    client_config = Config(
        # Seconds, each tried twice: a request waits for this storage.
        connect_timeout=2,
        read_timeout=3,
        retries={"total_max_attempts": 2, "mode": "standard"},
        signature_version="s3v4",
        # Not every compatible storage knows the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    # A picture fits one request; threads would only be started and stopped.
    transfer_config = TransferConfig(use_threads=False)

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Tell a browser to show a picture and to save the rest, whatever type the uploader claimed."""
        content_type = picture_type(name)
        parameters = {"CacheControl": CACHE_CONTROL, "ContentType": content_type or OTHER_TYPE}
        if content_type is None:
            parameters["ContentDisposition"] = "attachment"
        return parameters

    def _open(self, name: str, mode: str = "rb") -> File:
        with reporting_failures():
            file = super()._open(name, mode)
            # Read now, while its errors are seen to.
            return file.open() if "r" in mode else file

    def _save(self, name: str, content: File) -> str:
        with reporting_failures():
            return super()._save(name, content)

    def exists(self, name: str) -> bool:
        with reporting_failures():
            return super().exists(name)

    def delete(self, name: str) -> None:
        with reporting_failures():
            super().delete(name)
