"""Passwords guessed, at every door and from many addresses."""

from urllib.parse import urlencode

from ..clients import Response
from .victim import CSRF, FORM, PASSWORD, Victim, at_once, counted


def in_parallel(victim: Victim) -> tuple[int, str]:
    """120 wrong passwords at once from one address, whose limit is 30."""
    victim.people(parallel="")
    return 120, counted(
        at_once(lambda _: victim.sign_in("parallel", "wrong", "198.18.1.1").status, 120)
    )


def at_the_admin(victim: Victim) -> tuple[int, str]:
    """250 wrong passwords at the admin's page, then the right one."""
    victim.people(clerk="u.is_staff = u.is_superuser = True; u.save()")

    def submit(password: str) -> Response:
        client = victim.client("198.18.2.1", Cookie=f"csrftoken={CSRF}", **FORM)
        form = {"csrfmiddlewaretoken": CSRF, "username": "clerk", "password": password}
        try:
            return client.ask("POST", "/admin/login/", urlencode(form).encode())
        finally:
            client.close()

    answers = [submit("wrong").status for _ in range(250)]
    last = submit(PASSWORD).status
    return 251, f"{counted(answers)}; the right one: {last}"


def from_everywhere(victim: Victim) -> tuple[int, str]:
    """300 addresses against one account, and then its owner, from where she signs in."""
    victim.people(owner="")
    victim.tokens("owner")
    answers = at_once(
        lambda i: victim.sign_in("owner", "wrong", f"198.18.{3 + i // 250}.{i % 250}").status, 300
    )
    return 300, f"{counted(answers)}; the owner: {victim.sign_in('owner').status}"


def within_a_network(victim: Victim) -> tuple[int, str]:
    """120 addresses of one IPv6 network, each against an account of its own."""
    return 120, counted(
        at_once(lambda i: victim.sign_in(f"nobody{i}", "x", f"2001:db8:0:7::{i + 1:x}").status, 120)
    )


def with_ports(victim: Victim) -> tuple[int, str]:
    """120 ports of one address, as some proxies report it."""
    return 120, counted(
        at_once(lambda i: victim.sign_in(f"noone{i}", "x", f"198.18.9.9:{1024 + i}").status, 120)
    )


def at_the_own_password(victim: Victim) -> tuple[int, str]:
    """100 guesses at the password of an account whose token was stolen."""
    victim.people(robbed="")
    token = victim.token("robbed")
    answers = []
    for i in range(100):
        body = {"current_password": f"wrong{i}", "new_password": "an0ther-Str0ng-one"}
        path = "/auth/users/set_password/"
        who = {"address": "198.18.11.1", "token": token}
        answers.append(victim.ask("POST", path, body, **who).status)
    return 100, counted(answers)


ATTACKS = {
    "API2: passwords in parallel": in_parallel,
    "API2: passwords at the admin": at_the_admin,
    "API2: one account from 300 addresses": from_everywhere,
    "API2: addresses of one /64": within_a_network,
    "API2: ports of one address": with_ports,
    "API2: set_password with a stolen token": at_the_own_password,
}
