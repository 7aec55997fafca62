"""A developer's machine: one process, SQLite, mail on the console, unless variables say otherwise."""

from .common import *
from .containers import CONTAINER_FILES, show_toolbar
from .origins import LOOPBACK_ORIGIN

DEBUG = True
SEED_KNOWN_PASSWORDS = True
SECRET_KEY = "for-development-only-never-for-a-shop-that-strangers-can-reach"
ALLOWED_HOSTS = ["*"]

if DEBUG_TOOLBAR:
    INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]
    # Within the policy, which names the nonce of its script.
    without_policy = [name for name in MIDDLEWARE if name != PAGE_POLICY]
    MIDDLEWARE = [PAGE_POLICY, "debug_toolbar.middleware.DebugToolbarMiddleware", *without_policy]
INTERNAL_IPS = ["127.0.0.1", "::1"]
DEBUG_TOOLBAR_CONFIG = {
    # A tab at the edge until it is clicked: unfolded it covers the page.
    "SHOW_COLLAPSED": True,
    "SHOW_TOOLBAR_CALLBACK": f"debug_toolbar.middleware.{show_toolbar(CONTAINER_FILES)}",
}

if SILK:
    INSTALLED_APPS = [*INSTALLED_APPS, "silk"]
    MIDDLEWARE = ["silk.middleware.SilkyMiddleware", *MIDDLEWARE]
    # Its pages have scripts in them.
    CONTENT_SECURITY_POLICY = {**CONTENT_SECURITY_POLICY, "EXCLUDE_URL_PREFIXES": ["/silk/"]}
    # What a developer tried last; older requests are deleted.
    SILKY_MAX_RECORDED_REQUESTS = 1000

# A front-end's test suite signs in more often, and more often wrongly, than shoppers behind one address.
CREDENTIALS_RATE = credentials_rate("1000/min")
SIGN_IN_FAILURES = sign_in_failures(100)
# The development server has a thread for each request.
HASHING_PLACES = REPORT_PLACES = 64

# A front-end's test suite writes more often than a shopper does.
RATES = {}

# The upload page of client/ (make client), and front-ends under development: Vite, Next.js, Angular and others.
CORS_ALLOWED_ORIGIN_REGEXES = [LOOPBACK_ORIGIN]

# So that invoices can be tried.
STORE_SELLER_NAME = STORE_SELLER_NAME or "Storefront"
STORE_SELLER_ADDRESS = STORE_SELLER_ADDRESS or ["1 Example Street", "Exampletown"]

# Whoever opens the checkout page decides whether a payment goes well.
STORE_PAYMENT_GATEWAY = STORE_PAYMENT_GATEWAY or "store.gateways.development.DevelopmentGateway"
STORE_PAYMENT_WEBHOOK_SECRET = STORE_PAYMENT_WEBHOOK_SECRET or SECRET_KEY

LOGGING = logging_in("line", level=DJANGO_LOG_LEVEL, file=str(BASE_DIR / "storefront.log"))
