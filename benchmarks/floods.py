"""What the list of products is like while somebody floods the shop: `make floods`."""

import json
import subprocess
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from .clients import Client
from .machine import machine
from .measurements import Measurement
from .options import ROOT, SHOP_PYTHON, hostile_parser
from .progress import say
from .report import Cells, table, write_section
from .servers import Contestant, Server, serving
from .slow_clients import SLOW_CLIENTS, SLOW_CONNECTIONS, START
from .stage import Stage, fill_shop, set_stage
from .wrk import ask_for, require

PAGE = ROOT / "docs/security.md"
SCRIPT = Path(__file__).with_name("flood.lua")
CONNECTIONS = 64
# Of people who look at products meanwhile.
VISITORS = 4
CSRF = "a" * 32
STAFF, PASSWORD = "flood-staff", "a-Str0ng-one-for-floods"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={CSRF}"}
# A megabyte of it is more than any review.
LONG = "long " * 200_000


@dataclass(frozen=True)
class Target:
    """What a flood may name in its addresses and bodies."""

    server: Server
    folder: Path
    token: str
    product: int
    cart: str


@dataclass(frozen=True)
class Flood:
    """One request, sent over and over on CONNECTIONS; `varied`: each time from another address."""

    name: str
    path: str
    method: str = "GET"
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    varied: bool = False
    as_staff: bool = False


def posted(name: str, path: str, body: object, varied: bool = False, staff: bool = False) -> Flood:
    return Flood(name, path, "POST", json.dumps(body), JSON, varied, staff)


WRONG = {"username": STAFF, "password": "wrong"}
REVIEWS = "/store/products/{product}/reviews/"
FLOODS = [
    posted("sign-in, one address", "/auth/jwt/create/", WRONG),
    posted("sign-in, many addresses", "/auth/jwt/create/", WRONG, varied=True),
    Flood(
        "admin's sign-in, many addresses",
        "/admin/login/",
        "POST",
        urlencode({"csrfmiddlewaretoken": CSRF, **WRONG}),
        FORM,
        varied=True,
    ),
    posted(
        "password reset, many addresses",
        "/auth/users/reset_password/",
        {"email": f"{STAFF}@example.com"},
        varied=True,
    ),
    posted("reviews", REVIEWS, {"name": "Ann", "description": "Good."}),
    posted("long reviews", REVIEWS, {"name": "Ann", "description": LONG}),
    posted("carts, one address", "/store/carts/", {}),
    posted("carts, many addresses", "/store/carts/", {}, varied=True),
    posted("cart lines", "/store/carts/{cart}/items/", {"product_id": 1, "quantity": 1}),
    posted("likes", "/likes/", {"content_type": "store.product", "object_id": 1}, staff=True),
    Flood("reports", "/store/reports/best_sellers/", as_staff=True),
    Flood("the API's document", "/api/schema/"),
]


def main() -> None:
    options = read_options()
    with set_stage(options.database, "storefront_floods") as stage:
        stage = replace(stage, root=options.shop)
        fill_shop(stage)
        parts = [circumstances(options)]
        for processes in (1, 2):
            rows = [*measure(stage, options, processes)]
            head = (
                "Flood",
                "products, per second",
                "median, ms",
                "99 %, ms",
                "answers to the flood",
            )
            parts += [
                f"With {processes} web process{'es' if processes > 1 else ''}:",
                table(head, rows, "lrrrl"),
            ]
    text = "\n\n".join(parts)
    if options.write:
        write_section("floods", text, PAGE)
    say(text)


def read_options() -> Namespace:
    parser = hostile_parser("Measure the list of products during floods.")
    parser.add_argument("--seconds", type=float, default=5, help="how long each flood lasts")
    parser.add_argument(
        "--shop", type=Path, default=ROOT, help="another checkout of the shop to serve"
    )
    return parser.parse_args()


def circumstances(options: Namespace) -> str:
    return (
        f"`make floods DATABASE={options.database}` on {date.today().isoformat()}; {machine()}. "
        f"Each flood lasts {options.seconds:g} s on {CONNECTIONS} connections ({SLOW_CONNECTIONS} slow ones), on the same "
        f"cores as the shop and as {VISITORS} visitors, who ask for the list of products one time after the other."
    )


def measure(stage: Stage, options: Namespace, processes: int) -> Iterator[Cells]:
    with serving(contestant(stage, options.shop, processes), stage.folder / "server.log") as server:
        target = prepare(stage, server, options.shop)
        yield row("no flood", visit(server, options.seconds), {})
        for flood in FLOODS:
            if options.only in flood.name:
                yield drowned(flood.name, server, options, partial(send, flood, target, options))
        for name, slow in SLOW_CLIENTS.items():
            if options.only in name:
                yield drowned(name, server, options, partial(slow, server, options.seconds))


def contestant(stage: Stage, shop: Path, processes: int) -> Contestant:
    command = ("-m", "gunicorn", "storefront.wsgi", "--bind", "127.0.0.1:{port}", "--workers")
    return Contestant("shop", SHOP_PYTHON, (*command, str(processes)), stage.attacked, shop)


def prepare(stage: Stage, server: Server, shop: Path) -> Target:
    """Sign staff in, and put a cart there."""
    code = (
        "from core.models import User; "
        f"User.objects.filter(username={STAFF!r}).exists() or "
        f"User.objects.create_superuser({STAFF!r}, {STAFF + '@example.com'!r}, {PASSWORD!r})"
    )
    stage.manage("shell", "--verbosity", "0", "--command", code)
    # An address of its own: the floods come from others.
    client = Client(server.port, X_Forwarded_For="203.0.113.1")
    token = client.post("/auth/jwt/create/", {"username": STAFF, "password": PASSWORD})["access"]
    product = client.get("/store/products/").body["results"][0]["id"]
    cart = client.post("/store/carts/", {})["id"]
    client.close()
    return Target(server, stage.folder, token, product, cart)


def drowned(name: str, server: Server, options: Namespace, flood: Callable[[], Counter]) -> Cells:
    """Measure the list of products while a flood runs, which outlasts the measurement."""
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(flood)
        time.sleep(START)
        seen = visit(server, options.seconds - START)
        return row(name, seen, answers.result())


def visit(server: Server, seconds: float) -> Measurement:
    # The floods come from other addresses.
    headers = {"X-Forwarded-For": "203.0.113.2"}
    return ask_for(f"{server.address}/store/products/", seconds, headers, VISITORS)


def send(flood: Flood, target: Target, options: Namespace) -> Counter:
    headers = dict(flood.headers)
    if flood.as_staff:
        headers["Authorization"] = f"JWT {target.token}"
    path = flood.path.format(product=target.product, cart=target.cart)
    # Too long for a command line.
    body = target.folder / "flood.body"
    body.write_text(flood.body)
    command = [
        *(require("wrk", "wrk"), "--threads", "1", "--connections", str(CONNECTIONS)),
        *("--duration", f"{options.seconds + START:.0f}s", "--timeout", "30s"),
        *("--script", str(SCRIPT), f"{target.server.address}{path}", "--"),
        *(flood.method, str(body), "yes" if flood.varied else "no"),
        *(part for pair in headers.items() for part in pair),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(result.stdout.splitlines()[-1])
    answers = Counter(found["statuses"])
    if found["unanswered"]:
        answers["none"] = found["unanswered"]
    return answers


def row(name: str, seen: Measurement, answers: Mapping[str, int]) -> Cells:
    counted = ", ".join(f"{count:,} × {status}" for status, count in sorted(answers.items()))
    return (
        name,
        f"{seen.rate:,.0f}",
        f"{seen.p50 * 1000:,.1f}",
        f"{seen.p99 * 1000:,.1f}",
        counted or "none",
    )


if __name__ == "__main__":
    main()
