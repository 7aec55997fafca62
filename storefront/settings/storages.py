"""Where uploaded files are stored: on disk, or on S3-compatible storage once a bucket is named."""

from typing import Any

from environs import Env, validate

is_address = validate.Regexp(
    r"https?://[^/?#\s]+/?\Z", error="Not an address such as https://s3.example.com."
)
is_host = validate.Regexp(
    r"[\w.-]+(:\d+)?(/[\w.~-]+)*\Z", error="Not a host such as shop.example.com."
)
is_folder = validate.Regexp(
    r"(https?://[^/?#\s]+)?/([^?#\s]*/)?\Z",
    error="Not /a/path/ or an address that ends in a slash.",
)

ON_DISK = {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def media_storage(env: Env) -> dict[str, Any]:
    """Return the configuration of the default storage."""
    bucket = env.str("AWS_STORAGE_BUCKET_NAME", "")
    if not bucket:
        return ON_DISK
    # None: the role of the machine, or what boto3 finds by itself.
    access_key = env.str("AWS_ACCESS_KEY_ID", None)
    return {
        "BACKEND": "storefront.storage.s3.MediaStorage",
        "OPTIONS": {
            "bucket_name": bucket,
            "access_key": access_key,
            "secret_key": env.str("AWS_SECRET_ACCESS_KEY") if access_key else None,
            "region_name": env.str("AWS_S3_REGION_NAME", None),
            "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", None, validate=is_address),
            "custom_domain": env.str("AWS_S3_CUSTOM_DOMAIN", None, validate=is_host),
            # A catalogue is public; in a private bucket a picture needs a signed link that expires.
            "querystring_auth": env.bool("AWS_QUERYSTRING_AUTH", False),
            "file_overwrite": False,
        },
    }
