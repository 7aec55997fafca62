"""What production reads from its environment about files and front-ends."""

import json
import re
from typing import Any

import pytest

from .conftest import PRODUCTION, Start

pytestmark = pytest.mark.once

BUCKET = {
    "AWS_STORAGE_BUCKET_NAME": "pictures",
    "AWS_ACCESS_KEY_ID": "shop",
    "AWS_SECRET_ACCESS_KEY": "sesame",
}


def read(start: Start, show: str, **variables: str) -> Any:
    result = start("prod", show, **{**PRODUCTION, **variables})
    assert (result.stderr, result.returncode) == ("", 0)
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_S3_ENDPOINT_URL", "s3.example.com"),
        ("AWS_S3_CUSTOM_DOMAIN", "https://media.example.com"),
        ("AWS_QUERYSTRING_AUTH", "perhaps"),
        ("MEDIA_URL", "media"),
        ("MEDIA_URL", "https://media.example.com"),
        ("CORS_ALLOWED_ORIGINS", "shop.example.com"),
        ("CORS_ALLOWED_ORIGINS", "https://shop.example.com/"),
        ("CORS_ALLOWED_ORIGINS", "https://*.example.com"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "null"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example.com,ftp://b.example.com"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example.com,"),
        ("CORS_ALLOWED_ORIGINS", "https://Shop.example.com"),
    ],
)
def test_a_malformed_one_stops_the_start(start: Start, name: str, value: str) -> None:
    result = start("prod", **{**PRODUCTION, **BUCKET, name: value})
    assert result.returncode == 1
    assert f'Environment variable "{name}" invalid' in result.stderr.splitlines()[-1]


def test_a_key_needs_its_secret(start: Start) -> None:
    given = {name: value for name, value in BUCKET.items() if name != "AWS_SECRET_ACCESS_KEY"}
    result = start("prod", **PRODUCTION, **given)
    assert result.returncode == 1
    assert 'Environment variable "AWS_SECRET_ACCESS_KEY" not set' in result.stderr


def test_files_lie_on_disk_until_a_bucket_is_named(start: Start) -> None:
    show = "[STORAGES['default']['BACKEND'], MEDIA_URL]"
    backend = "django.core.files.storage.FileSystemStorage"
    assert read(start, show) == [backend, "/media/"]
    front = "https://media.example.com/"
    assert read(start, show, MEDIA_URL=front) == [backend, front]


def test_a_bucket_takes_the_files(start: Start) -> None:
    storage = read(
        start,
        "STORAGES['default']",
        **BUCKET,
        AWS_S3_REGION_NAME="eu-central-1",
        AWS_S3_ENDPOINT_URL="http://minio:9000",
        AWS_S3_CUSTOM_DOMAIN="media.example.com",
    )
    assert storage == {
        "BACKEND": "storefront.storage.s3.MediaStorage",
        "OPTIONS": {
            "bucket_name": "pictures",
            "access_key": "shop",
            "secret_key": "sesame",
            "region_name": "eu-central-1",
            "endpoint_url": "http://minio:9000",
            "custom_domain": "media.example.com",
            "querystring_auth": False,
            "file_overwrite": False,
        },
    }


def test_a_machine_s_role_needs_no_key(start: Start) -> None:
    show = "STORAGES['default']['OPTIONS']['access_key']"
    assert read(start, show, AWS_STORAGE_BUCKET_NAME="pictures") is None


def test_only_named_origins_may_call(start: Start) -> None:
    assert read(start, "CORS_ALLOWED_ORIGINS") == []
    given = "https://shop.example.com, http://localhost:8001,http://[::1]:3000"
    assert read(start, "CORS_ALLOWED_ORIGINS", CORS_ALLOWED_ORIGINS=given) == [
        "https://shop.example.com",
        "http://localhost:8001",
        "http://[::1]:3000",
    ]


def test_in_development_every_front_end_on_this_machine_may(start: Start) -> None:
    [pattern] = json.loads(start("dev", "CORS_ALLOWED_ORIGIN_REGEXES").stdout)
    own = [
        "http://localhost:8001",
        "http://127.0.0.1:5173",
        "http://[::1]:3000",
        "https://localhost",
    ]
    others = ["http://localhost.example.com", "http://localhost:8001@evil.example", "null"]
    assert [origin for origin in [*own, *others] if re.match(pattern, origin)] == own
