import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from outbox.content import Content
from outbox.models import Mail

pytestmark = pytest.mark.django_db

LIST = reverse("admin:outbox_mail_changelist")
SECRET = Content("Reset", "the-secret-link", "<p>the-secret-link</p>")


def page_of(mail):
    return reverse("admin:outbox_mail_change", args=[mail.pk])


def shown(client, **query):
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [mail.recipient for mail in response.context["cl"].result_list]


def send_again(client, *mails):
    """Choose in the list, then confirm on the page that asks."""
    body = {"action": "try_again", "_selected_action": [mail.pk for mail in mails]}
    page = client.post(LIST, body)
    shown = page.context.get("shown") if page.context else None
    return client.post(LIST, body | {"shown": shown}) if shown else page


@pytest.fixture
def mails(queue):
    """One mail in each state."""
    waiting, sent, given_up = (
        queue(recipient=f"{name}@example.com", content=SECRET)
        for name in ("waiting", "sent", "given-up")
    )
    Mail.objects.filter(pk=sent.pk).update(due_at=None, sent_at=timezone.now())
    Mail.objects.filter(pk=given_up.pk).update(due_at=None, attempts=10, last_error="550 Nobody")
    return waiting, sent, given_up


@pytest.fixture
def as_clerk(client, django_user_model):
    """Sign a member of staff in who has these rights on mails."""

    def as_clerk(*rights):
        clerk = get_user_model().objects.create_user("clerk", "clerk@example.com", is_staff=True)
        names = [f"{right}_mail" for right in rights]
        clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
        client.force_login(clerk)
        return client

    return as_clerk


class TestList:
    def test_needs_the_right(self, as_clerk, mails):
        assert as_clerk().get(LIST).status_code == 403

    def test_shows_the_newest_first(self, admin_client, mails):
        assert shown(admin_client) == [
            "given-up@example.com",
            "sent@example.com",
            "waiting@example.com",
        ]

    @pytest.mark.parametrize("state", ["waiting", "sent", "given_up"])
    def test_filters_by_state(self, admin_client, mails, state):
        assert shown(admin_client, state=state) == [f"{state.replace('_', '-')}@example.com"]

    def test_finds_an_address_or_a_message_id(self, admin_client, mails):
        assert shown(admin_client, q=" Sent@example.com ") == ["sent@example.com"]
        assert shown(admin_client, q=mails[0].message_id) == ["waiting@example.com"]
        assert shown(admin_client, q="sent") == []

    def test_sorts_by_nothing_that_no_index_holds(self, admin_client, mails):
        assert shown(admin_client, o="2") == shown(admin_client)

    def test_costs_a_constant_number_of_queries(
        self, admin_client, queue, django_assert_num_queries
    ):
        for _ in range(20):
            queue()
        # Session, user, count and page.
        with django_assert_num_queries(4):
            assert len(shown(admin_client)) == 20


class TestSecrecy:
    @pytest.mark.parametrize("index", [0, 1, 2])
    def test_no_page_shows_what_a_mail_says(self, admin_client, mails, index):
        for url in (LIST, page_of(mails[index])):
            page = admin_client.get(url).content.decode()
            assert "Reset" in page
            assert "the-secret-link" not in page

    @pytest.mark.parametrize("lookup", ["text", "html__contains", "text__istartswith"])
    def test_no_filter_finds_what_a_mail_says(self, admin_client, mails, lookup):
        assert admin_client.get(LIST, {lookup: "the-secret"}).status_code == 400

    def test_no_page_changes_a_mail(self, admin_client, mails):
        response = admin_client.post(page_of(mails[0]), {"recipient": "thief@example.com"})

        assert response.status_code == 403
        assert admin_client.get(reverse("admin:outbox_mail_add")).status_code == 403
        url = reverse("admin:outbox_mail_delete", args=[mails[0].pk])
        assert admin_client.post(url, {"post": "yes"}).status_code == 403
        assert Mail.objects.filter(recipient="waiting@example.com").exists()


class TestTryAgain:
    def test_needs_the_right_to_change(self, as_clerk, mails):
        client = as_clerk("view")

        send_again(client, mails[2])

        assert "try_again" not in client.get(LIST).content.decode()
        assert Mail.objects.given_up().get() == mails[2]

    def test_gives_what_was_given_up_a_new_start(
        self, as_clerk, mails, smtp_server, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            response = send_again(as_clerk("view", "change"), *mails)

        assert response.status_code == 302
        waiting, sent, given_up = mails
        assert sorted(letter.message_id for letter in smtp_server.received) == sorted(
            [waiting.message_id, given_up.message_id]
        )
        given_up.refresh_from_db()
        assert (given_up.attempts, bool(given_up.sent_at)) == (1, True)
