import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..clients import Client, Response
from ..connections import Database
from ..servers import Server
from ..stage import Stage

PASSWORD = "a-Str0ng-one-of-theirs"
# Where people sign in from, in a range that the floods and guessers do not use.
HOME = "203.0.113.9"
CSRF = "a" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Victim:
    """A shop under attack, with its database and its cache."""

    server: Server
    stage: Stage

    def client(self, address: str = HOME, token: str = "", **headers: str) -> Client:
        """Return a client that a proxy announces under an address."""
        if token:
            headers["Authorization"] = f"JWT {token}"
        return Client(self.server.port, X_Forwarded_For=address, **headers)

    def ask(self, method: str, path: str, body: Any = None, **who: str) -> Response:
        content = b"" if body is None else json.dumps(body).encode()
        client = self.client(**who)
        try:
            return client.ask(method, path, content)
        finally:
            client.close()

    def sign_in(self, name: str, password: str = PASSWORD, address: str = HOME) -> Response:
        body = {"username": name, "password": password}
        return self.ask("POST", "/auth/jwt/create/", body, address=address)

    def tokens(self, name: str) -> dict[str, str]:
        response = self.sign_in(name)
        if response.status != 200:
            raise SystemExit(f"{name} cannot sign in: {response.status} {response.content!r}")
        found: dict[str, str] = response.body
        return found

    def token(self, name: str) -> str:
        return self.tokens(name)["access"]

    def people(self, **rights: str) -> None:
        """Make accounts, each with the Python that gives it its rights."""
        lines = [
            "from core.models import User",
            "from django.contrib.auth.models import Group, Permission",
        ]
        for name, right in rights.items():
            lines.append(
                f"u = User.objects.create_user({name!r}, {f'{name}@example.com'!r}, {PASSWORD!r}); {right or 'pass'}"
            )
        self.run("\n".join(lines))

    def run(self, code: str) -> str:
        """Run Python in the shop and return what it prints."""
        return self.stage.manage("shell", "--verbosity", "0", "--command", code)

    def value(self, query: str) -> Any:
        database = Database(self.stage.shop_database)
        try:
            return database.value(query)
        finally:
            database.close()

    def texts_of_mails(self) -> list[str]:
        database = Database(self.stage.shop_database)
        try:
            return [text for (text,) in database.rows("SELECT text FROM outbox_mail ORDER BY id")]
        finally:
            database.close()

    def cart(self, quantity: int = 1) -> str:
        client = self.client()
        cart: str = client.post("/store/carts/", {})["id"]
        product = client.get("/store/products/?in_stock=true").body["results"][0]["id"]
        client.post(f"/store/carts/{cart}/items/", {"product_id": product, "quantity": quantity})
        client.close()
        return cart


Attack = Callable[[Victim], tuple[int, str]]


def at_once(job: Callable[[int], Any], times: int, threads: int = 32) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(job, range(times)))


def counted(statuses: Iterable[int]) -> str:
    return ", ".join(f"{count:,} × {status}" for status, count in sorted(Counter(statuses).items()))


def link_in(text: str) -> tuple[str, str]:
    """Return the uid and the token of a mail's link."""
    found = re.search(r"/([\w-]+)/([\w-]+-[\w]+)\s", text)
    return (found[1], found[2]) if found else ("", "")
