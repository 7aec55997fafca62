"""Where a run takes place: databases filled alike, a Redis, a folder; all of it is gone afterwards."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from .clients import Shopper
from .connections import Database
from .options import BENCH_PYTHON, ROOT, SHOP_PYTHON
from .servers import free_port, stop
from .wrk import require

# The databases are dropped before and after a run; nobody else's may be called so.
DATABASE_NAME = "storefront_bench"
# Where the tests find the servers too; the name of the database there is left out.
SERVERS = {
    "mariadb": os.environ.get("MYSQL_TEST_URL", "mysql://root@127.0.0.1:3306/"),
    "postgresql": os.environ.get("POSTGRES_TEST_URL", "postgres://postgres@127.0.0.1:5432/"),
}
PRODUCTS = 1000
# Of every account that seed_db makes, which lets nobody sign in to a shop of production.
PASSWORD = "Window-Shopping-7"
LET_SIGN_IN = f"""
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
get_user_model().objects.update(password=make_password("{PASSWORD}"))
"""
# Nothing may sell out, however long the run.
STOCK = 1_000_000_000


@dataclass(frozen=True)
class Stage:
    folder: Path
    shop_database: str
    oscar_database: str
    redis: str
    secret: str
    # The checkout that is run.
    root: Path = ROOT

    @property
    def shop(self) -> dict[str, str]:
        """The environment of the shop: production, everything on."""
        return {
            "DJANGO_SETTINGS_MODULE": "storefront.settings.prod",
            "SECRET_KEY": self.secret,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS_ONLY": "false",
            "DATABASE_URL": self.shop_database,
            "EMAIL_HOST": "localhost",
            # Tasks are queued, as in every production; the mails of the orders stay there.
            "BROKER_URL": f"{self.redis}/1",
            "METRICS_TOKEN": self.secret,
            "CORS_ALLOWED_ORIGINS": "https://front.example.com",
            "THROTTLE_CREDENTIALS": "100000/min",
            "RATE_LIMITS": "false",
            "PYTHONPATH": str(self.root),
            "MEDIA_ROOT": str(self.folder / "media"),
            "STATIC_ROOT": str(self.folder / "static"),
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics"),
        }

    @property
    def attacked(self) -> dict[str, str]:
        """The environment of the shop as strangers meet it: behind one proxy, every limit at its default."""
        limits = ("THROTTLE_", "RATE_LIMITS", "SIGN_IN_FAILURES")
        kept = {name: value for name, value in self.shop.items() if not name.startswith(limits)}
        return {**kept, "NUM_PROXIES": "1", "REDIS_URL": f"{self.redis}/0"}

    @property
    def reference(self) -> dict[str, str]:
        """The environment of what shares the tables of the shop."""
        return {"DATABASE_URL": self.shop_database, "SECRET_KEY": self.secret}

    @property
    def oscar(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "benchmarks.contestants.oscar.settings",
            "DATABASE_URL": self.oscar_database,
            "SHOP_DATABASE_URL": self.shop_database,
            "SECRET_KEY": self.secret,
            "MEDIA_ROOT": str(self.folder / "oscar-media"),
        }

    def manage(self, *arguments: str) -> str:
        """Run a command of the shop's manage.py and return what it prints."""
        return run(SHOP_PYTHON, str(self.root / "manage.py"), *arguments, environment=self.shop)


@contextmanager
def set_stage(database: str, name: str = DATABASE_NAME) -> Iterator[Stage]:
    """Make what a run needs; `name` tells its databases from those of another."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="storefront-bench-")))
        (folder / "metrics").mkdir()
        shop, oscar = [
            stack.enter_context(empty_database(database, folder, each))
            for each in (name, f"{name}_oscar")
        ]
        redis = stack.enter_context(running_redis(folder))
        yield Stage(folder, shop, oscar, redis, secrets.token_urlsafe(48))


def fill_shop(stage: Stage) -> None:
    """Fill the shop as its own command does."""
    stage.manage("migrate", "--verbosity", "0")
    stage.manage("seed_db", "--products", str(PRODUCTS), "--verbosity", "0")
    stage.manage("shell", "--verbosity", "0", "--command", LET_SIGN_IN)
    stage.manage("collectstatic", "--noinput", "--verbosity", "0")


def shoppers_of(stage: Stage, most: int) -> list[Shopper]:
    shop = Database(stage.shop_database)
    products = [key for (key,) in shop.rows("SELECT id FROM store_product")]
    customers = shop.rows(
        "SELECT username FROM core_user JOIN store_customer ON user_id = core_user.id "
        f"WHERE NOT is_staff ORDER BY core_user.id LIMIT {most}"
    )
    shop.close()
    return [Shopper(username, PASSWORD, products) for (username,) in customers]


def open_sale(stage: Stage) -> None:
    """Let all promotions run now, and nothing sell out."""
    shop = Database(stage.shop_database)
    shop.execute(
        "UPDATE store_promotion SET starts_at = ?, ends_at = ?",
        "2020-01-01 00:00:00",
        "2099-12-31 12:30:00.250000",
    )
    shop.execute("UPDATE store_product SET inventory = ?", STOCK)
    shop.close()


def fill_oscar(stage: Stage) -> None:
    run(BENCH_PYTHON, "-m", "django", "migrate", "--verbosity", "0", environment=stage.oscar)
    run(BENCH_PYTHON, "-m", "benchmarks.contestants.oscar.seed", environment=stage.oscar)


def run(python: Path, *arguments: str, environment: dict[str, str]) -> str:
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    result = subprocess.run(
        [str(python), *arguments], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    if result.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{result.stderr[-3000:]}")
    return result.stdout


@contextmanager
def empty_database(engine: str, folder: Path, name: str) -> Iterator[str]:
    """Make an empty database, yield its URL, and drop it."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    server = SERVERS[engine]
    on_server(engine, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        on_server(engine, f"DROP DATABASE {name}")


def on_server(engine: str, *statements: str) -> None:
    # Of no database, or of the one that is always there.
    path = "/" if engine == "mariadb" else "/postgres"
    server = Database(urlsplit(SERVERS[engine])._replace(path=path).geturl())
    for statement in statements:
        server.execute(statement)
    server.close()


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """Run a Redis of our own, so that nobody else's is filled, and yield its URL."""
    port = free_port()
    command = [require("redis-server", "redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no", "--dir", str(folder)],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield f"redis://127.0.0.1:{port}"
    finally:
        stop(process)
