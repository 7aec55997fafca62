"""What became of each attack: `make attack`."""

from argparse import Namespace
from dataclasses import replace
from datetime import date
from pathlib import Path

from ..floods import PAGE
from ..machine import machine
from ..options import ROOT, SHOP_PYTHON, hostile_parser
from ..progress import say
from ..report import table, write_section
from ..servers import Contestant, serving
from ..stage import fill_shop, set_stage
from . import accounts, guessing, resources
from .victim import Victim

ATTACKS = guessing.ATTACKS | accounts.ATTACKS | resources.ATTACKS
# A gateway of real shops is somebody's company; this one is never asked.
GATEWAY = "benchmarks.attacks.gateway.UnpaidGateway"


def main() -> None:
    options = read_options()
    shops = [options.before, ROOT] if options.before else [ROOT]
    found = [attack_all(shop, options) for shop in shops]
    head = ("Attack", "attempts", *(["before"] if options.before else []), "now")
    rows = (
        (name, f"{found[-1][name][0]:,}", *(each[name][1] for each in found)) for name in found[-1]
    )
    text = f"{circumstances(options)}\n\n{table(head, rows, 'lr' + 'l' * len(shops))}"
    if options.write:
        write_section("attacks", text, PAGE)
    say(text)


def read_options() -> Namespace:
    parser = hostile_parser("Attack a shop in production.")
    parser.add_argument("--before", type=Path, help="another checkout, to be attacked as well")
    return parser.parse_args()


def circumstances(options: Namespace) -> str:
    return (
        f"`make attack DATABASE={options.database}` on {date.today().isoformat()}; {machine()}. "
        "Two processes of gunicorn under the production settings, with Redis, behind one proxy."
    )


def attack_all(shop: Path, options: Namespace) -> dict[str, tuple[int, str]]:
    with set_stage(options.database, "storefront_attacks") as stage:
        stage = replace(stage, root=shop)
        fill_shop(stage)
        environment = {
            **stage.attacked,
            "ALLOWED_HOSTS": "127.0.0.1,.example.com",
            "PAYMENT_GATEWAY": GATEWAY,
            "PAYMENT_WEBHOOK_SECRET": stage.secret,
        }
        command = ("-m", "gunicorn", "storefront.wsgi", "--bind", "127.0.0.1:{port}")
        attacked = Contestant("shop", SHOP_PYTHON, command, environment, shop)
        with serving(attacked, stage.folder / "server.log") as server:
            victim = Victim(server, stage)
            return {
                name: report(name, attack(victim))
                for name, attack in ATTACKS.items()
                if options.only in name
            }


def report(name: str, outcome: tuple[int, str]) -> tuple[int, str]:
    say(f"{name}: {outcome[1]}")
    return outcome


if __name__ == "__main__":
    main()
