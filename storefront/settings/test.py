"""The test run: fast hashing, mail in memory, no throttles, staff without permissions, warnings as errors (pytest.ini)."""

import os
import tempfile
from pathlib import Path

from .common import *
from .storages import ON_DISK

DEBUG = False
SECRET_KEY = "for-tests-only-and-long-enough-for-an-hmac-with-sha-256"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# Tests of roles switch it on.
STAFF_NEEDS_PERMISSIONS = False
SEED_KNOWN_PASSWORDS = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Whatever the caller has set; tests of mail, Redis and the queue ask for it themselves.
EMAIL_HOST_USER = EMAIL_HOST_PASSWORD = ""
EMAIL_USE_SSL = EMAIL_USE_TLS = False
CACHES = {"default": cache_at(None)}
if "postgresql" in DATABASES["default"]["ENGINE"]:
    # No test stops the server, so that no commit has to wait for its disk.
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
CELERY_BROKER_URL = None
CELERY_TASK_ALWAYS_EAGER = True
OUTBOX_IN_BACKGROUND = STORE_SIZES_IN_BACKGROUND = False
STORAGES["default"] = ON_DISK
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(tempfile.gettempdir(), f"storefront-test-media-{os.getpid()}")

SHOP_URL = ""

# Longer than any test: those of what plain SQL writes set a time of their own.
STORE_CATALOG_CACHE_SECONDS = 3600
# Tests that are marked `cache` put it back.
MIDDLEWARE = [name for name in MIDDLEWARE if name != CATALOG_CACHE]

CREDENTIALS_RATE = None
SIGN_IN_FAILURES = 0
# As many as a race sends at once.
HASHING_PLACES = REPORT_PLACES = 64

# Tests that are about them set some.
RATES = {}
STORE_SELLER_NAME, STORE_TAX_ID = "Teapots Ltd", "GB 123 4567 89"
STORE_SELLER_ADDRESS = ["1 Kiln Lane", "Stoke ST1 1AA"]
STORE_PAYMENT_GATEWAY = "store.gateways.development.DevelopmentGateway"
STORE_PAYMENT_WEBHOOK_SECRET = SECRET_KEY
STORE_PAYMENT_GATEWAY_OPTIONS = {}

BAKER_CUSTOM_CLASS = "store.tests.bakers.ShopBaker"
BAKER_CUSTOM_FIELDS_GEN = {
    "core.canonical.LowercaseEmailField": "model_bakery.random_gen.gen_email",
    "core.canonical.UsernameField": "model_bakery.random_gen.gen_string",
    "storefront.unique_keys.exact.ExactCharField": "store.tests.generators.gen_exact_text",
    "django.db.models.DecimalField": "store.tests.generators.gen_amount",
    "django.db.models.FloatField": "store.tests.generators.gen_fraction",
    "django.db.models.BigIntegerField": "store.tests.generators.gen_pieces",
    "django.db.models.IntegerField": "store.tests.generators.gen_pieces",
    "django.db.models.PositiveSmallIntegerField": "store.tests.generators.gen_quantity",
}
