"""Who takes part, and how each is started."""

from benchmarks.options import BENCH_PYTHON, ROOT, SHOP_PYTHON
from benchmarks.servers import Contestant
from benchmarks.stage import Stage

SHOP = "Storefront"
SHOP_UNCACHED = "Storefront, nothing cached"
SHOP_REDIS = "Storefront, cache in Redis"
SHOP_AS_STARTED = "Storefront, threads"
SHOP_GRANIAN = "Storefront, Granian"
LIMIT = "Raw SQL + orjson"
LIMIT_GRANIAN = "Raw SQL + orjson, Granian"
FASTAPI = "FastAPI + SQLAlchemy"
PLAIN_DRF = "Plain Django and DRF"
OSCAR = "django-oscar-api"

NOTHING_CACHED = {"CATALOG_MEMORY": "0"}

# The shop without one of the parts that every request passes through.
SHOP_WITHOUT = {
    f"{SHOP} without request ids": "storefront.logs.request_ids.RequestIdMiddleware",
    f"{SHOP} without metrics": "storefront.metrics.middleware.MetricsMiddleware",
    f"{SHOP} without CORS": "corsheaders.middleware.CorsMiddleware",
    f"{SHOP} without access log": "",
}

WORKERS = ("--workers", "2")
GUNICORN = ("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--log-level", "warning")
# One process answers one request at a time; a shop's own configuration has threads.
SYNC = (*GUNICORN, *WORKERS, "--worker-class", "sync", "--threads", "1", "--no-control-socket")
# One thread a worker, as above: with its default, hundreds, a shop answered fewer, and some very late.
THREADS = ("--blocking-threads", "1")
GRANIAN = (
    *(*WORKERS, *THREADS, "--interface", "wsgi", "--no-ws"),
    *("--host", "127.0.0.1", "--port", "{port}"),
)
UVICORN = ("-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--no-access-log")

BARE_APP = "benchmarks.contestants.bare.wsgi:application"
FASTAPI_APP = "benchmarks.contestants.fastapi_shop.main:app"
PLAIN_DRF_APP = "benchmarks.contestants.plain_drf.wsgi"
OSCAR_APP = "benchmarks.contestants.oscar.wsgi"
SHOP_APP = "storefront.wsgi"


def contestants(stage: Stage) -> list[Contestant]:
    return [
        reference(LIMIT, stage, *SYNC, BARE_APP),
        reference(LIMIT_GRANIAN, stage, "-m", "granian", *GRANIAN, BARE_APP),
        shop(SHOP_UNCACHED, stage, *SYNC, SHOP_APP, **NOTHING_CACHED),
        shop(SHOP, stage, *SYNC, SHOP_APP),
        shop(SHOP_REDIS, stage, *SYNC, SHOP_APP, REDIS_URL=f"{stage.redis}/0"),
        shop(SHOP_AS_STARTED, stage, *GUNICORN, SHOP_APP),
        shop(
            SHOP_GRANIAN,
            stage,
            "-m",
            "benchmarks.serve_with_granian",
            *GRANIAN,
            f"{SHOP_APP}:application",
        ),
        *(without(name, part, stage) for name, part in SHOP_WITHOUT.items()),
        reference(FASTAPI, stage, *UVICORN, *WORKERS, FASTAPI_APP),
        reference(PLAIN_DRF, stage, *SYNC, PLAIN_DRF_APP),
        oscar(stage),
    ]


def shop(name: str, stage: Stage, *arguments: str, **variables: str) -> Contestant:
    # From the root, where gunicorn finds the shop's own configuration.
    return Contestant(name, SHOP_PYTHON, arguments, {**stage.shop, **variables}, ROOT)


def without(name: str, middleware: str, stage: Stage) -> Contestant:
    settings = "benchmarks.contestants.shop_without.settings"
    variables = {"DJANGO_SETTINGS_MODULE": settings, "WITHOUT": middleware}
    return shop(name, stage, *SYNC, SHOP_APP, **variables)


def reference(name: str, stage: Stage, *arguments: str) -> Contestant:
    return Contestant(name, BENCH_PYTHON, arguments, stage.reference, stage.folder)


def oscar(stage: Stage) -> Contestant:
    arguments = (*SYNC, OSCAR_APP)
    return Contestant(OSCAR, BENCH_PYTHON, arguments, stage.oscar, stage.folder, "/api/products/")
