"""No mail is lost, whichever process is killed while it is on its way."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import monotonic
from uuid import uuid4

import pytest
from django.db import connection
from kombu import Connection
from redis import Redis

from outbox.models import Mail
from outbox.tests.smtp import MailServer

from ..parallel import HOST
from .kills import (
    at_any_time,
    before_acceptance,
    before_the_claim,
    before_the_mark,
    before_the_queue,
    kill_at,
    of_the_pool,
)
from .mailrooms import MailRoom, PrivateRedis, wait_until
from .probes import Result

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MOMENTS = [
    before_the_queue,
    before_the_claim,
    before_acceptance,
    before_the_mark,
    of_the_pool,
    at_any_time,
]
# Kills at each moment.
KILLS = {"reduced": 1, "full": 6}
# Seconds within which an order is answered while no broker takes tasks, and of how many orders; the
# first in a new process is slow by itself.
PROMPTLY = 2.0
ORDERS = 3


def usual(results: list[Result]) -> float:
    return median(result.seconds for result in results)


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    return KILLS[pytestconfig.getoption("--faults")]


@pytest.fixture
def open_room(tmp_path: Path, smtp_server: MailServer) -> Iterator[Callable[[str], MailRoom]]:
    rooms = []

    def open_room(broker: str) -> MailRoom:
        rooms.append(MailRoom(tmp_path, smtp_server, broker))
        return rooms[-1]

    yield open_room
    for room in rooms:
        room.stack.close()


@pytest.fixture
def private_redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    """A Redis of the test's own, to be killed; the test is marked `redis_server`."""
    redis = PrivateRedis(tmp_path)
    yield redis
    redis.kill()


def counts(room: MailRoom, orders: dict[str, list[int]]) -> dict[str, Counter[int]]:
    return {
        moment: Counter(len(room.letters_of(order_id)) for order_id in ids)
        for moment, ids in orders.items()
    }


def assert_one_id_each(room: MailRoom) -> None:
    subjects: dict[str, set[str]] = {}
    for letter in room.smtp.received:
        subjects.setdefault(letter.message["Subject"], set()).add(letter.message_id)
    assert [ids for ids in subjects.values() if len(ids) > 1] == []


@pytest.mark.redis
def test_a_killed_process_loses_no_mail(
    open_room: Callable[[str], MailRoom],
    redis_url: str,
    kills: int,
    report_figures: Callable[[str], None],
) -> None:
    room, started = open_room(redis_url), monotonic()

    orders = kill_at(room, MOMENTS, kills)

    found = counts(room, orders)
    report_figures(
        f"{connection.vendor}, Redis: killed {len(MOMENTS) * kills} times in "
        f"{monotonic() - started:.0f} s; mails per order by moment: "
        + ", ".join(f"{name} {dict(found[name])}" for name in found)
    )
    assert found.pop("at_any_time").keys() <= {1, 2}
    # Only here the server had taken it and nobody knew.
    assert found.pop("before_the_mark") == {2: kills}
    assert set(map(str, found.values())) == {str(Counter({1: kills}))}
    assert_one_id_each(room)
    assert not Mail.objects.filter(sent_at=None).exists()


@pytest.mark.redis
def test_orders_in_a_row_share_their_calls_and_each_gets_its_mail(
    open_room: Callable[[str], MailRoom], redis_url: str, report_figures: Callable[[str], None]
) -> None:
    room, started = open_room(redis_url), monotonic()
    orders = [room.order() for _ in range(40)]
    seconds = monotonic() - started
    with Redis.from_url(redis_url) as redis:
        calls = redis.llen(room.queue)
    room.start_worker()
    for order_id in orders:
        room.await_letter(order_id)
    report_figures(
        f"{connection.vendor}: {len(orders)} orders in {seconds:.1f} s, {calls} calls for workers"
    )
    # Two a second of the web process, from the first to the last moment.
    assert 0 < calls <= 2 * (seconds + 1)
    assert calls < len(orders)
    assert [len(room.letters_of(order_id)) for order_id in orders] == [1] * len(orders)
    assert_one_id_each(room)


@pytest.mark.rabbitmq
def test_a_worker_killed_on_rabbitmq_loses_no_mail(
    open_room: Callable[[str], MailRoom],
    rabbitmq_url: str,
    kills: int,
    report_figures: Callable[[str], None],
) -> None:
    room = open_room(rabbitmq_url)
    try:
        orders = kill_at(room, [before_acceptance, before_the_mark], kills)
    finally:
        room.kill_worker()
        with Connection(rabbitmq_url) as broker:
            broker.default_channel.queue_delete(room.queue)
            broker.default_channel.exchange_delete(room.queue)

    found = counts(room, orders)
    report_figures(f"{connection.vendor}, RabbitMQ: worker killed {2 * kills} times: {found}")
    assert found == {"before_acceptance": {1: kills}, "before_the_mark": {2: kills}}
    assert_one_id_each(room)


@pytest.mark.redis_server
def test_a_broker_that_hangs_or_dies_loses_no_mail_and_holds_up_no_order(
    open_room: Callable[[str], MailRoom],
    private_redis: PrivateRedis,
    report_figures: Callable[[str], None],
) -> None:
    room = open_room(private_redis.url)
    # In the queue, which goes with the broker.
    lost = room.order()
    with private_redis.hanging():
        hanging = [room.try_to_order() for _ in range(ORDERS)]
    private_redis.kill()
    away = [room.try_to_order() for _ in range(ORDERS)]
    private_redis.start()
    room.start_worker()

    room.sweep()

    report_figures(
        f"{connection.vendor}: an order while Redis hangs {usual(hanging):.2f} s, "
        f"while it is away {usual(away):.2f} s"
    )
    results = [*hanging, *away]
    assert {result.status for result in results} == {201}
    assert max(usual(hanging), usual(away)) < PROMPTLY
    ids = [lost, *(int(json.loads(result.body)["id"]) for result in results)]
    assert [len(room.letters_of(order_id)) for order_id in ids] == [1] * len(ids)
    check_that_it_is_used_again(room, private_redis)


def check_that_it_is_used_again(room: MailRoom, redis: PrivateRedis) -> None:
    """Look whether a worker that lost its broker gets the next task, with the id of the request."""
    request_id = str(uuid4())
    redis.kill()
    redis.start()

    result = room.try_to_order(**{"X-Request-ID": request_id})

    order_id = json.loads(result.body)["id"]
    room.await_letter(order_id)
    mail = Mail.objects.get(key=f"order:{order_id}:confirmation")
    wait_until(lambda: bool(room.logged(f"Sent mail {mail.pk}")), "the worker logs it")
    [line] = room.logged(f"Sent mail {mail.pk}")
    assert line["request_id"] == request_id
    assert "example.com" not in room.log.read_text()


def test_an_order_does_not_wait_for_a_rabbitmq_that_is_silent_or_away(
    open_room: Callable[[str], MailRoom], report_figures: Callable[[str], None]
) -> None:
    with socket.create_server((HOST, 0)) as listener:
        room = open_room(f"amqp://guest:guest@{HOST}:{listener.getsockname()[1]}//")
        silent = [room.try_to_order() for _ in range(ORDERS)]
    away = [room.try_to_order() for _ in range(ORDERS)]

    report_figures(
        f"{connection.vendor}: an order while RabbitMQ is silent {usual(silent):.2f} s, "
        f"while it is away {usual(away):.2f} s"
    )
    assert {result.status for result in [*silent, *away]} == {201}
    assert max(usual(silent), usual(away)) < PROMPTLY
    assert Mail.objects.due().count() == 2 * ORDERS
