"""How many people sign in per second, beside the hash alone on the same cores: `make sign-ins`."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import count

from argon2 import PasswordHasher

from . import flows
from .clients import Client, Shopper
from .floods import PAGE, contestant
from .machine import machine
from .options import ROOT, hostile_parser
from .progress import say
from .report import Cells, table, write_section
from .servers import serving
from .stage import PASSWORD, Stage, fill_shop, set_stage, shoppers_of

SECONDS = 4
CLIENTS = (2, 4, 16, 64)
PEOPLE = 40
# Of the shop's hasher.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def main() -> None:
    options = hostile_parser("Measure sign-ins with right passwords.").parse_args()
    cores = os.cpu_count() or 1
    rows: list[Cells] = [
        ("the hash alone", *(f"{hashes(cores_used):,.0f}" for cores_used in (1, cores)))
    ]
    with set_stage(options.database, "storefront_sign_ins") as stage:
        fill_shop(stage)
        for clients in CLIENTS:
            if options.only in str(clients):
                rows.append(sign_ins(stage, clients, cores))
    head = ("Clients", "one process", f"{cores} processes")
    text = f"{circumstances(options.database)}\n\n{table(head, rows, 'lrr')}"
    if options.write:
        write_section("sign-ins", text, PAGE)
    say(text)


def circumstances(database: str) -> str:
    return (
        f"`make sign-ins DATABASE={database}` on {date.today().isoformat()}; {machine()}. Right passwords of {PEOPLE} "
        f"accounts for {SECONDS} s, each client from an address of its own, on the same cores as the shop; per second, and "
        "the longest answer. Every one was let in."
    )


def hashes(processes: int) -> float:
    """Return how many passwords so many processes verify per second."""
    with ProcessPoolExecutor(processes) as pool:
        return sum(pool.map(verify, [HASHER.hash(PASSWORD)] * processes))


def verify(hashed: str) -> float:
    return len(timed(partial(HASHER.verify, hashed, PASSWORD))) / SECONDS


def timed(act: Callable[[], object]) -> list[float]:
    """Do something over and over, and return how long it took each time."""
    took, end = [], time.monotonic() + SECONDS
    while (begin := time.monotonic()) < end:
        act()
        took.append(time.monotonic() - begin)
    return took


def sign_ins(stage: Stage, clients: int, cores: int) -> Cells:
    """Measure that many clients, with one process and with one for each core."""
    people = shoppers_of(stage, PEOPLE)
    cells = [str(clients)]
    for processes in (1, cores):
        # The people are few and sign in over and over; what is measured is the places and the turns, not the rates.
        environment = {**stage.shop, "NUM_PROXIES": "1", "REDIS_URL": f"{stage.redis}/0"}
        shop = replace(contestant(stage, ROOT, processes), environment=environment)
        with (
            serving(shop, stage.folder / "server.log") as server,
            ThreadPoolExecutor(clients) as pool,
        ):
            often = partial(sign_in_often, server.port, people)
            took = [each for client in pool.map(often, range(clients)) for each in client]
        cells.append(f"{len(took) / SECONDS:,.0f}; {max(took):.2f} s")
    return cells


def sign_in_often(port: int, people: list[Shopper], client: int) -> list[float]:
    """Sign in as one after the other, and return how long each took; raises Refused where one is not let in."""
    turns = count(client)
    with closing(Client(port, X_Forwarded_For=f"198.18.0.{client + 1}")) as connection:
        return timed(lambda: flows.sign_in(connection, people[next(turns) % len(people)]))


if __name__ == "__main__":
    main()
