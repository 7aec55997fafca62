"""Every line in its form, with its request's id, and without what nobody should read there."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils.log import configure_logging
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.test import APIClient

from core.tests.passwords import PASSWORD
from storefront import urls
from storefront.logs.formatters import NO_REQUEST
from storefront.logs.handlers import LogFile
from storefront.settings.logs import logging_in

handler500 = urls.handler500

NEW_PASSWORD = "an0ther-Str0ng-one"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiMSJ9.c2lnbmF0dXJl"
CLIENT = {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "2001:db8::17"}
# Whatever a shopper, or a fault, brings along; none of it may stand in a line.
PLANTED = {
    PASSWORD,
    NEW_PASSWORD,
    TOKEN,
    *CLIENT.values(),
    *("wr0ng-guess", "kim@example.com", "kim%40example.com", "+4915112345", "1990-02-03"),
    *("s3cret-of-the-query", "s3cret-of-the-broker", "0123456789abcdef0123456789abcdef"),
}
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \((\w+)\) - ([\w.]+) - (.*) \[([\w-]+)\]")


def fail(request: HttpRequest) -> NoReturn:
    raise ValueError(f"No user for token {TOKEN} and kim@example.com")


@api_view(["GET"])
def lose_the_broker(request: Request) -> NoReturn:
    raise OperationalError("No route to amqp://shop:s3cret-of-the-broker@10.0.0.7:5672//")


urlpatterns = [*urls.urlpatterns, path("fail/", fail), path("lose_the_broker/", lose_the_broker)]


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Log as the settings do, to a file."""
    root = logging.getLogger()
    before = root.handlers[:], root.level

    def log_file(form: str = "json", level: str = "DEBUG") -> Path:
        file = tmp_path / "storefront.log"
        configure_logging(settings.LOGGING_CONFIG, logging_in(form, level=level, file=str(file)))
        return file

    yield log_file
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    root.handlers[:], root.level = before


def objects_in(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


class TestFile:
    def test_what_cannot_be_written_stops_no_request(
        self, log_file: Callable, client: APIClient, tmp_path: Path, capfd: pytest.CaptureFixture
    ) -> None:
        file = log_file()
        moved = tmp_path.rename(tmp_path.with_name("moved"))
        assert client.get("/nothing/", {"token": TOKEN}).status_code == 404
        moved.rename(tmp_path)
        assert not file.exists()
        assert "Not Found: /nothing/" in (printed := capfd.readouterr().err)
        assert TOKEN not in printed
        logging.getLogger("store").info("Back")
        assert [line["message"] for line in objects_in(file)] == ["Back"]

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
    def test_a_full_disk_prints_no_arguments(self, capfd: pytest.CaptureFixture) -> None:
        handler = LogFile("/dev/full")
        arguments = ("kim@example.com",)
        handler.handle(logging.LogRecord("store", logging.INFO, "", 0, "For %s", arguments, None))
        assert capfd.readouterr().err == ""
        with pytest.raises(OSError, match="No space left"):
            handler.close()


class TestForms:
    def test_a_line_for_people(self, log_file: Callable) -> None:
        file = log_file("line")
        logging.getLogger("store.orders").warning("Order %s is late", 5)
        found = LINE.fullmatch(file.read_text().rstrip("\n"))
        assert found
        assert found.groups() == ("WARNING", "store.orders", "Order 5 is late", "-")

    def test_an_object_for_machines(self, log_file: Callable) -> None:
        file = log_file()
        logging.getLogger("store").info("Order %s", 5, extra={"request": "GET /?token=abc"})
        (line,) = objects_in(file)
        assert line.pop("time").endswith("Z")
        assert line == {"level": "INFO", "name": "store", "message": "Order 5", "request_id": "-"}

    def test_its_time_is_utc(self, log_file: Callable) -> None:
        file = log_file()
        logging.getLogger("store").info("Now")
        time = datetime.fromisoformat(objects_in(file)[0]["time"])
        assert time.utcoffset() is not None
        assert abs((datetime.now(time.tzinfo) - time).total_seconds()) < 60

    @pytest.mark.parametrize("form", ["line", "json"])
    def test_the_traceback_is_redacted_too(self, log_file: Callable, form: str) -> None:
        file = log_file(form)
        try:
            raise ValueError(f"Bad token {TOKEN}")
        except ValueError:
            logging.getLogger("store").exception("Refused %s", TOKEN, stack_info=True)
        text = file.read_text()
        assert "Refused [secret]" in text
        assert "ValueError: Bad token [secret]" in text
        assert "test_logs.py" in text
        assert TOKEN not in text

    def test_what_another_handler_has_formatted_is_not_taken_over(self, log_file: Callable) -> None:
        file = log_file("line")
        record = logging.LogRecord("store", logging.ERROR, __file__, 1, "Oh", (), None)
        record.exc_text = f"Traceback: {TOKEN}"
        logging.getLogger("store").handle(record)
        assert TOKEN not in file.read_text()

    @pytest.mark.parametrize("form", ["line", "json"])
    def test_arguments_that_do_not_fit_are_not_printed(
        self, log_file: Callable, form: str, capsys: pytest.CaptureFixture
    ) -> None:
        file = log_file(form)
        logging.getLogger("store").info("Order %d", "s3cret-of-the-query")
        assert "Order %d (its arguments do not fit)" in file.read_text()
        assert "s3cret" not in file.read_text() + "".join(capsys.readouterr())

    def test_the_level_decides(self, log_file: Callable) -> None:
        file = log_file(level="WARNING")
        for name in ("store", "django.request", "gunicorn.error"):
            logging.getLogger(name).info("Quiet")
            logging.getLogger(name).warning("Loud")
        assert [line["message"] for line in objects_in(file)] == ["Loud"] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
class TestSecrets:
    @pytest.fixture
    def client(self) -> APIClient:
        return APIClient(raise_request_exception=False, **CLIENT)

    @pytest.mark.parametrize("form", ["line", "json"])
    def test_no_line_of_a_shoppers_day_holds_one(
        self, client: APIClient, product: Any, log_file: Callable, form: str
    ) -> None:
        file = log_file(form)
        # Statements are logged, as they are while DEBUG is on.
        with CaptureQueriesContext(connection):
            secrets = self.shop(client, product)
            secrets |= self.reset_the_password(client)
            secrets |= self.sign_in_to_the_admin(client)
            self.meet_faults(client, secrets)
        text = file.read_text()
        assert [secret for secret in PLANTED | secrets if secret in text] == []
        # The lines were there to hold them.
        for said in ("was placed by customer", "INSERT INTO", "No user for token", "No route to"):
            assert said in text
        if form == "json":
            lines = [line for line in objects_in(file) if line["name"] != "django.db.backends"]
            assert {len(line["request_id"]) for line in lines} == {36}

    def shop(self, client: APIClient, product: Any) -> set[str]:
        person = {"username": "kim", "password": PASSWORD, "email": "kim@example.com"}
        for _ in range(2):
            client.post("/auth/users/", person)
        client.post("/auth/jwt/create/", {"username": "kim", "password": "wr0ng-guess"})
        tokens = client.post("/auth/jwt/create/", person).json()
        client.post("/auth/jwt/verify/", {"token": TOKEN})
        client.credentials(HTTP_AUTHORIZATION=f"JWT {TOKEN}")
        assert client.get("/store/orders/").status_code == 401
        client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens['access']}")
        client.put("/store/customers/me/", {"phone": "+4915112345", "birth_date": "1990-02-03"})
        cart = client.post("/store/carts/").json()["id"]
        client.post(f"/store/carts/{cart}/items/", {"product_id": product.pk, "quantity": 1})
        assert client.post("/store/orders/", {"cart_id": cart}).status_code == 201
        assert client.get(f"/store/carts/{cart}/").status_code == 404
        client.credentials()
        return {*tokens.values(), cart, cart.replace("-", "")}

    def reset_the_password(self, client: APIClient) -> set[str]:
        client.post("/auth/users/reset_password/", {"email": "kim@example.com"})
        links = (re.search(r"reset/confirm/([\w-]+)/([\w-]+)", str(m.body)) for m in mail.outbox)
        uid, token = next(link.groups() for link in links if link)
        body = {"uid": uid, "token": token, "new_password": NEW_PASSWORD}
        for status in (204, 400):
            response = client.post("/auth/users/reset_password_confirm/", body)
            assert response.status_code == status
        assert client.get(f"/password/reset/confirm/{uid}/{token}/").status_code == 404
        return {token}

    def sign_in_to_the_admin(self, client: APIClient) -> set[str]:
        get_user_model().objects.update(is_staff=True)
        for name, status in (("kim@example.com", 200), ("kim", 302)):
            form = {"username": name, "password": NEW_PASSWORD}
            assert client.post("/admin/login/?next=/admin/", form).status_code == status
        assert client.get("/admin/").status_code == 200
        return {client.cookies["sessionid"].value, client.cookies["csrftoken"].value}

    def meet_faults(self, client: APIClient, secrets: set[str]) -> None:
        # What is known by its form is masked wherever it stands; a password is a word like another.
        for text in {"kim@example.com", "kim%40example.com", *CLIENT.values(), *secrets}:
            assert client.get(f"/nothing/{text}/").status_code == 404
        query = "?password=s3cret-of-the-query&email=kim@example.com&next=kim%40example.com"
        for url in ("/nothing/", "/store/products/", "/fail/", "/lose_the_broker/"):
            client.get(url + query)
        assert client.get("/", HTTP_HOST="kim@example.com").status_code == 400


def test_a_foreign_host_is_no_error(log_file: Callable, client: APIClient) -> None:
    file = log_file()
    assert client.get("/", HTTP_HOST="scanned.example.net").status_code == 400
    logging.getLogger("django.security.csrf").error("Others are written")
    assert [line["message"] for line in objects_in(file)] == ["Others are written"]


def test_a_line_outside_a_request_has_no_id(log_file: Callable) -> None:
    file = log_file()
    logging.getLogger("store").info("Started")
    assert objects_in(file)[0]["request_id"] == NO_REQUEST


def test_the_master_of_gunicorn_loads_no_library_that_a_reload_replaces() -> None:
    code = "import storefront.logs.access_log, storefront.logs.formatters, sys; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert not {"django", "celery", "rest_framework"} & set(result.stdout.split())
