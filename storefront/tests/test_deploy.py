"""The files an operator copies name what is there."""

import configparser
import re
import shlex
import shutil
import socket
import socketserver
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from getpass import getuser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from storefront.celery import app
from storefront.limits.requests import OUTCOME_HEADER
from storefront.storage.media import OTHER_TYPE, PICTURE_TYPES
from storefront.storage.views import HEADERS

from .conftest import PRODUCTION
from .services import NGINX

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
UNITS = sorted(Path(ROOT, "deploy", "systemd").glob("*.service"))
CONFIGURATION = Path(ROOT, "deploy", "nginx", "storefront.conf")
FAIL2BAN = Path(ROOT, "deploy", "fail2ban")
EXAMPLE = Path(ROOT, "deploy", "storefront.env.example")
CART = "0f8fad5b-d9cb-469f-a165-70867728950e"
RunNginx = Callable[..., str]


def directives(unit: Path) -> dict[str, str]:
    lines = [line.partition("=") for line in unit.read_text().splitlines() if "=" in line]
    return {name: value for name, _, value in lines if not name.startswith("#")}


class TestVariables:
    def test_production_starts_with_the_example(self) -> None:
        key = PRODUCTION["SECRET_KEY"]
        script = (
            f"set -a; . {EXAMPLE}; SECRET_KEY={key}; JWT_SIGNING_KEY={key};"
            " DATABASE_URL=sqlite:///:memory:; exec .venv/bin/python manage.py check --deploy"
        )
        result = subprocess.run(
            ["/bin/sh", "-c", script], cwd=ROOT, env={}, capture_output=True, text=True, timeout=60
        )
        assert "no issues" in result.stdout, result.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
class TestUnits:
    def test_starts_a_program_of_the_environment(self, unit: Path) -> None:
        program, *arguments = shlex.split(directives(unit)["ExecStart"])
        folder = directives(unit)["WorkingDirectory"]
        assert Path(ROOT, Path(program).relative_to(folder)).exists()
        if program.endswith("celery"):
            assert arguments[:2] == ["-A", app.main]
            assert arguments[2] in {"worker", "beat", "flower"}
        else:
            assert callable(import_string(f"{arguments[0]}.application"))

    def test_runs_unprivileged_with_the_environment_file(self, unit: Path) -> None:
        found = directives(unit)
        assert (found["User"], found["EnvironmentFile"]) == ("storefront", "/etc/storefront.env")
        assert found["NoNewPrivileges"] == "yes"


class TestWorkerUnit:
    def test_waits_for_the_longest_task(self) -> None:
        worker = directives(ROOT / "deploy" / "systemd" / "storefront-worker.service")
        assert int(worker["TimeoutStopSec"]) > settings.CELERY_TASK_TIME_LIMIT


class TestNginx:
    def test_gives_media_the_types_of_the_web_process(self) -> None:
        block = re.search(r"types \{(.*?)\}", CONFIGURATION.read_text(), re.DOTALL)
        assert block
        lines = re.findall(r"(\S+) ([^;]+);", block[1])
        types = {f".{end}": content_type for content_type, ends in lines for end in ends.split()}
        assert types == PICTURE_TYPES
        assert f"default_type {OTHER_TYPE};" in CONFIGURATION.read_text()

    @pytest.mark.parametrize("header", sorted(HEADERS))
    def test_gives_media_the_headers_of_the_web_process(self, header: str) -> None:
        line = re.search(
            rf"add_header {header} (\"[^\"]*\"|\S+?)( always)?;", CONFIGURATION.read_text()
        )
        assert line
        assert line[1].strip('"') == HEADERS[header]

    @pytest.mark.parametrize(
        ("name", "is_saved"),
        [
            *((f"a{end}", False) for end in PICTURE_TYPES),
            ("a.JPEG", False),
            ("a.svg", True),
            ("png", True),
            ("a.png.html", True),
        ],
    )
    def test_only_lets_pictures_be_opened(self, name: str, is_saved: bool) -> None:
        pattern = re.search(r"~\*(\S+) \"\";", CONFIGURATION.read_text())
        assert pattern
        assert (re.search(pattern[1], f"/media/{name}", re.IGNORECASE) is None) is is_saved

    @pytest.mark.nginx
    def test_understands_the_configuration(self, run_nginx: RunNginx) -> None:
        assert "test is successful" in run_nginx("-t")

    @pytest.mark.nginx
    def test_logs_no_address_query_or_secret(self, run_nginx: RunNginx, tmp_path: Path) -> None:
        expected = {
            "/store/products/?email=kim@example.com": "/store/products/",
            "/store/carts/": "/store/carts/",
            f"/store/carts/{CART}/": "/store/carts/[secret]/",
            f"//store/carts/{CART.replace('-', '').upper()}": "/store/carts/[secret]",
            f"/store/carts/{CART}/items/5/?x=1": "/store/carts/[secret]/items/5/",
            "/password/reset/confirm/MQ/c2f-9b1/": "/password/reset/confirm/[secret]",
        }
        run_nginx()
        try:
            responses = [ask_nginx(tmp_path, target) for target in expected]
        finally:
            run_nginx("-s", "stop")
        assert all(b" 301 " in response for response in responses)
        lines = (tmp_path / "storefront.log").read_text().splitlines()
        for line, logged in zip(lines, expected.values(), strict=True):
            assert re.fullmatch(rf'\[\S+\] "GET {re.escape(logged)}" 301 \d+ [\d.]+s -', line)

    @pytest.mark.nginx
    def test_keeps_slow_clients_from_the_shop(self, run_nginx: RunNginx, tmp_path: Path) -> None:
        head = b"POST /store/carts/ HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 9\r\n"
        # It answers one at a time: a slow one that reached it would hold it.
        with serving(tmp_path, socketserver.UnixStreamServer), ExitStack() as slow:
            run_nginx()
            slow.callback(run_nginx, "-s", "stop")
            for sent in (b"", b"P", head, head + b"\r\n{"):
                for _ in range(10):
                    secure_visitor(slow, tmp_path).sendall(sent)
            assert b" 200 " in ask_nginx(tmp_path, "/store/products/", is_secure=True)

    def test_every_server_names_its_log(self) -> None:
        servers = re.split(r"^server ", CONFIGURATION.read_text(), flags=re.MULTILINE)[1:]
        # Else nginx's own form holds, with the address and the query.
        assert all(re.search(r"access_log (off|\S+ storefront);", server) for server in servers)


class TestFail2ban:
    """Its filter reads what nginx logs of the guesses, and of nothing else."""

    LINE = re.compile(r'\S+ unix: (\w+) "(.+)" (\d+) (\S+)')

    @pytest.mark.nginx
    def test_nginx_logs_guesses_with_their_address(
        self, run_nginx: RunNginx, tmp_path: Path
    ) -> None:
        with serving(tmp_path):
            run_nginx()
            try:
                paths = ["/admin/login/", "/auth/jwt/create/", "/store/products/"]
                responses = [ask_nginx(tmp_path, path, is_secure=True) for path in paths]
            finally:
                run_nginx("-s", "stop")
        lines = (tmp_path / "storefront-guesses.log").read_text().splitlines()
        assert [found.groups() for line in lines if (found := self.LINE.fullmatch(line))] == [
            ("failed", "GET /admin/login/", "200", "an-id"),
            ("refused", "GET /auth/jwt/create/", "429", "an-id"),
        ]
        assert len((tmp_path / "storefront.log").read_text().splitlines()) == 3
        # It is for nginx, not for clients.
        assert not any(b"X-Sign-In" in response for response in responses)

    @pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::1"])
    @pytest.mark.parametrize("outcome", ["failed", "refused"])
    def test_the_filter_finds_the_address(self, address: str, outcome: str) -> None:
        # As fail2ban hands a line on: it has cut the time off.
        line = f' {address} {outcome} "POST /admin/login/" 200 an-id'
        found = re.search(self.pattern(), line)
        assert found
        assert found["address"] == address

    def test_a_path_forges_no_line(self) -> None:
        line = ' 203.0.113.7 - "GET /198.51.100.1 failed " 404 an-id'
        assert not re.search(self.pattern(), line)

    def test_the_jail_reads_that_log_with_that_filter(self) -> None:
        jail = configparser.ConfigParser()
        jail.read(FAIL2BAN / "jail.d" / "storefront.conf")
        assert (FAIL2BAN / "filter.d" / f"{jail['storefront']['filter']}.conf").exists()
        assert f"access_log {jail['storefront']['logpath']} " in CONFIGURATION.read_text()

    def pattern(self) -> str:
        ban = configparser.ConfigParser()
        ban.read(FAIL2BAN / "filter.d" / "storefront.conf")
        return ban["Definition"]["failregex"].replace("<ADDR>", r"(?P<address>[\d.]+|[\da-f:]+)")


class Shop(BaseHTTPRequestHandler):
    """Answers as the shop does, with what nginx reads of an answer."""

    ANSWERS: ClassVar = {"/admin/login/": (200, "failed"), "/auth/jwt/create/": (429, "refused")}

    def do_GET(self) -> None:
        status, outcome = self.ANSWERS.get(self.path, (200, None))
        self.send_response(status)
        self.send_header("X-Request-ID", "an-id")
        if outcome:
            self.send_header(OUTCOME_HEADER, outcome)
        self.end_headers()

    def address_string(self) -> str:
        return "nginx"


@contextmanager
def serving(
    folder: Path,
    server_class: type[socketserver.UnixStreamServer] = socketserver.ThreadingUnixStreamServer,
) -> Iterator[None]:
    """Answer for the shop behind nginx."""
    with server_class(f"{folder}/shop.sock", Shop) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def run_nginx(tmp_path: Path) -> RunNginx:
    """Return what runs nginx with the configuration, on sockets and files of the test."""
    make_certificate(tmp_path)
    text = CONFIGURATION.read_text()
    # The real ports are root's.
    text = re.sub(r"listen (\[::\]:)?(\d+)", rf"listen unix:{tmp_path}/\2\1.sock", text)
    text = text.replace("/etc/letsencrypt/live/shop.example.com", str(tmp_path))
    text = text.replace("/var/log/nginx", str(tmp_path))
    text = text.replace("/run/storefront.sock", f"{tmp_path}/shop.sock")
    Path(tmp_path, "nginx.conf").write_text(
        # Its workers reach what the test has made.
        f"user {getuser()}; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{}} http {{ {text} }}"
    )

    def run_nginx(*arguments: str) -> str:
        assert NGINX
        with Path(tmp_path, "printed").open("w+") as printed:
            # A file: the process that stays behind would keep a pipe open.
            command = [NGINX, "-p", tmp_path, "-c", tmp_path / "nginx.conf", *arguments]
            subprocess.run(command, check=True, stderr=printed, timeout=30)
        return Path(tmp_path, "printed").read_text()

    return run_nginx


def ask_nginx(folder: Path, target: str, *, is_secure: bool = False) -> bytes:
    with ExitStack() as stack:
        visitor = secure_visitor(stack, folder) if is_secure else plain_visitor(stack, folder, 80)
        visitor.sendall(f"GET {target} HTTP/1.0\r\nHost: shop.example.com\r\n\r\n".encode())
        # It ends once the line is written.
        return b"".join(iter(lambda: visitor.recv(4096), b""))


def plain_visitor(stack: ExitStack, folder: Path, port: int) -> socket.socket:
    visitor = stack.enter_context(socket.socket(socket.AF_UNIX))
    visitor.connect(f"{folder}/{port}.sock")
    return visitor


def secure_visitor(stack: ExitStack, folder: Path) -> socket.socket:
    context = ssl.create_default_context(cafile=f"{folder}/fullchain.pem")
    visitor = plain_visitor(stack, folder, 443)
    return stack.enter_context(context.wrap_socket(visitor, server_hostname="shop.example.com"))


def make_certificate(folder: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    files = ("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem")
    name = ("-subj", "/CN=shop.example.com", "-days", "1")
    subprocess.run(
        [openssl, "req", "-x509", *key, *name, *files],
        check=True,
        capture_output=True,
        timeout=60,
    )
