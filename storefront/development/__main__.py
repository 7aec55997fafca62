"""`python -m storefront.development NAME...` runs what belongs to a developer's day beside the shop."""

import os
import socket
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from storefront.celery import app
from storefront.settings.environment import BASE_DIR, env

from .together import run_together

# Other projects of a machine take its database 0; the tests take the later ones.
LOCAL_REDIS = "redis://127.0.0.1:6379/1"
HOST = "127.0.0.1"
CELERY = [sys.executable, "-m", "celery", "-A", "storefront"]
RELOADING = [sys.executable, "-m", "storefront.development.reloading"]
MAILDEV = BASE_DIR / "mailbox" / "node_modules" / ".bin" / "maildev"
# Names of the processes and the options of the ports that each listens on.
PROCESSES = {
    "server": ["port"],
    "worker": [],
    "beat": [],
    "mailbox": ["smtp_port", "mailbox_port"],
    "flower": ["flower_port"],
}
WITH_BROKER = {"worker", "beat", "flower"}


def read_arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m storefront.development", description=__doc__)
    parser.add_argument("names", nargs="+", choices=PROCESSES, metavar="NAME")
    parser.add_argument("--check", action="store_true", help="only tell what is missing")
    # Keeps mails and the times of beat; git ignores it.
    parser.add_argument("--folder", type=Path, default=BASE_DIR / ".dev")
    parser.add_argument("--port", default="8000")
    parser.add_argument("--smtp-port", default="1025")
    parser.add_argument("--mailbox-port", default="1080")
    parser.add_argument("--flower-port", default="5555")
    return parser.parse_args()


def variables(arguments: Namespace) -> dict[str, str]:
    """Return what the processes, and the check of the broker here, shall find in the environment."""
    found = {"DJANGO_SETTINGS_MODULE": "storefront.settings.dev", "PYTHONUNBUFFERED": "1"}
    if not (env.str("REDIS_URL", "") or env.str("BROKER_URL", "")):
        found["REDIS_URL"] = LOCAL_REDIS
    if "mailbox" in arguments.names:
        found |= {"EMAIL_HOST": HOST, "EMAIL_PORT": arguments.smtp_port}
        # Those of .env are of another mail server.
        found |= {"EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": ""}
        found |= {"EMAIL_USE_TLS": "false", "EMAIL_USE_SSL": "false"}
    return found


def what_is_missing(arguments: Namespace) -> Iterator[str]:
    if WITH_BROKER & set(arguments.names):
        yield from missing_broker()
    for name in arguments.names:
        for option in PROCESSES[name]:
            # The server's may have an address before it.
            port = getattr(arguments, option).rpartition(":")[2]
            try:
                socket.create_server((HOST, int(port))).close()
            except (OSError, ValueError, OverflowError):
                yield f"Port {port} of the {name} is not free: give it another, {option.upper()}=..."


def missing_broker() -> Iterator[str]:
    variable = "BROKER_URL" if env.str("BROKER_URL", "") else "REDIS_URL"
    with app.connection_for_read(connect_timeout=2) as broker:
        address = broker.as_uri(include_password=not broker.password)
        kind = "Redis" if address.startswith("redis") else "The broker"
        try:
            broker.connect()
        except (*broker.connection_errors, *broker.channel_errors):
            yield f"{kind} does not answer at {address}: start it, or name another in {variable}."


def commands(arguments: Namespace) -> dict[str, list[str]]:
    known = {
        "server": [sys.executable, "manage.py", "runserver", arguments.port],
        "worker": [
            *RELOADING,
            *CELERY,
            "worker",
            "--concurrency",
            "2",
            "--without-mingle",
            "--without-gossip",
        ],
        "beat": [
            *RELOADING,
            *CELERY,
            "beat",
            "--schedule",
            f"{arguments.folder}/celerybeat-schedule",
        ],
        "mailbox": [str(MAILDEV), "--ip", HOST, "--smtp", arguments.smtp_port]
        + ["--web-ip", HOST, "--web", arguments.mailbox_port]
        + ["--mail-directory", f"{arguments.folder}/mails", "--max-emails", "1000"],
        "flower": [*CELERY, "flower", f"--address={HOST}", f"--port={arguments.flower_port}"],
    }
    return {name: known[name] for name in arguments.names}


def main() -> None:
    arguments = read_arguments()
    os.environ |= variables(arguments)
    if missing := list(what_is_missing(arguments)):
        sys.exit("\n".join(missing))
    if not arguments.check:
        arguments.folder.mkdir(exist_ok=True)
        os.chdir(BASE_DIR)
        sys.exit(run_together(commands(arguments)))


if __name__ == "__main__":
    main()
