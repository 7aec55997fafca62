"""The shop beside its references: `make bench`, or `python -m benchmarks --help`."""

from contextlib import ExitStack

from . import chart
from .bodies import require_same, require_same_carts
from .clients import Shopper
from .contestants.roster import SHOP, contestants
from .machine import circumstances
from .options import Options, read_options
from .processes import worker_memory
from .progress import say
from .report import PAGE, tables, write_section
from .results import Results
from .servers import Server, serving
from .stage import PRODUCTS, Stage, fill_oscar, fill_shop, open_sale, set_stage, shoppers_of
from .works import CART, CHECKOUT, CLIENTS, DETAIL, LIST, WORKS, Work, names
from .wrk import require

WARM_UP = 0.5


def main() -> None:
    options = read_options("Compare the shop with its references.", ["sqlite", "mariadb"])
    require("wrk", "wrk")
    with set_stage(options.database) as stage, ExitStack() as stack:
        say(f"Filling a shop and an Oscar with {PRODUCTS:,} products each.")
        fill_shop(stage)
        open_sale(stage)
        fill_oscar(stage)
        results = Results()
        servers = start_all(stage, results, options, stack)
        compare_bodies(servers)
        measure_all(servers, shoppers_of(stage, CLIENTS), results, options)
        for name in names(WORKS):
            results.memory[name] = worker_memory(servers[name].pid)
        publish(results, stage, options)


def start_all(
    stage: Stage, results: Results, options: Options, stack: ExitStack
) -> dict[str, Server]:
    """Start every contestant once a round, and leave it running at the last."""
    log = stage.folder / "servers.log"
    roster = contestants(stage)
    for number in range(1, options.rounds):
        say(f"Starting each, {number} of {options.rounds}.")
        for contestant in roster:
            with serving(contestant, log) as server:
                results.starts[server.name].append(server.seconds_to_first_answer)
    say(f"Starting each, {options.rounds} of {options.rounds}.")
    running = [stack.enter_context(serving(contestant, log)) for contestant in roster]
    for server in running:
        results.starts[server.name].append(server.seconds_to_first_answer)
    return {server.name: server for server in running}


def compare_bodies(servers: dict[str, Server]) -> None:
    for work in WORKS:
        alike = [servers[name] for name in work.contestants]
        for path in work.same:
            require_same([server for server in alike if server.catalog in LIST.same], path)
    require_same_carts([servers[name] for name in CART.contestants])
    say("All who are compared answer alike.")


def measure_all(
    servers: dict[str, Server], shoppers: list[Shopper], results: Results, options: Options
) -> None:
    """Measure all works of all contestants, one after the other, once a round."""
    for number in range(1, options.rounds + 1):
        for work in WORKS:
            for name in work.contestants:
                if number == 1:
                    work.measure(servers[name], shoppers, WARM_UP)
                found = work.measure(servers[name], shoppers, options.seconds)
                if found:
                    results.measurements[work.name, name].append(found)
                rate = f"{found.rate:,.1f} per second" if found else "n/a"
                say(f"{number}/{options.rounds}  {work.name}, {name}: {rate}")


def publish(results: Results, stage: Stage, options: Options) -> None:
    picture = PAGE.with_name(f"performance-{options.database}.svg")
    picture.write_text(chart.draw([panel(results, work) for work in (LIST, DETAIL, CHECKOUT)]))
    lines = circumstances("bench", options, stage.shop_database)
    shown = f"![Requests per second]({picture.name})"
    found = tables(results, options.database)
    write_section(options.database, "\n\n".join([*lines, shown, found]))
    say(f"{found}\n\nWritten into {PAGE.name}, with {picture.name}.")


def panel(results: Results, work: Work) -> chart.Panel:
    found = ((name, results.of(work.name, name)) for name in work.contestants)
    bars = [chart.Bar(name, one.rate, name.startswith(SHOP)) for name, one in found if one]
    return chart.Panel(f"{work.name}, per second", bars)


if __name__ == "__main__":
    main()
