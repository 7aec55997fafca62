import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import pre_delete
from django.urls import reverse
from django.utils import timezone

from webhooks.models import Delivery, Endpoint, EndpointState, Event
from webhooks.services.deliveries import deliver_to
from webhooks.services.endpoints import switch_off
from webhooks.signing import fingerprint_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ping")]

LIST = reverse("admin:webhooks_endpoint_changelist")
ADD = reverse("admin:webhooks_endpoint_add")
DELIVERIES = reverse("admin:webhooks_delivery_changelist")
FORM = {"url": "https://crm.example.com/hooks", "description": "CRM", "is_on": "on"}


def page_of(endpoint, page="change"):
    return reverse(f"admin:webhooks_endpoint_{page}", args=[endpoint.pk])


def shown(client, **query):
    response = client.get(DELIVERIES, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def confirm(client, action, *rows):
    """Choose in the list of deliveries, then confirm on the page that asks."""
    body = {"action": action, "_selected_action": [row.pk for row in rows]}
    page = client.post(DELIVERIES, body)
    shown = page.context.get("shown") if page.context else None
    return client.post(DELIVERIES, body | {"shown": shown}) if shown else page


@pytest.fixture
def as_clerk(client):
    """Sign a member of staff in who has these permissions."""

    def as_clerk(*codenames):
        clerk = get_user_model().objects.create_user("clerk", "clerk@example.com", is_staff=True)
        clerk.user_permissions.set(
            Permission.objects.filter(content_type__app_label="webhooks", codename__in=codenames)
        )
        client.force_login(clerk)
        return client

    return as_clerk


class TestEndpoints:
    @pytest.mark.parametrize("name", ["Catalogue Editor", "Order Desk", "Customer Service"])
    def test_no_group_sees_them(self, client, make_endpoint, name):
        clerk = get_user_model().objects.create_user("clerk", "clerk@example.com", is_staff=True)
        clerk.groups.set(Group.objects.filter(name=name))
        client.force_login(clerk)
        endpoint = make_endpoint()
        for url in (LIST, ADD, page_of(endpoint), page_of(endpoint, "test"), DELIVERIES):
            assert client.get(url).status_code == 403

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"url": "http://crm.example.com/"}, "It must begin with https://."),
            ({"url": "https://10.0.0.1/"}, "It is an address of the inner network."),
            ({"url": "https://ann:pw@crm.example.com/"}, "It must hold no user or password."),
            ({"url": ""}, "This field is required."),
            ({"url": f"https://crm.example.com/{'x' * 500}"}, "at most 500 characters"),
            ({"event_types": []}, "This field is required."),
            ({"event_types": ["nothing.happened"]}, "is not one of the available choices"),
        ],
    )
    def test_a_bad_one_is_refused(self, admin_client, changed, error):
        page = admin_client.post(ADD, {**FORM, "event_types": ["ping"], **changed})
        assert error in page.content.decode()
        assert not Endpoint.objects.exists()

    def test_one_is_added_with_a_secret_of_its_own(self, admin_client):
        for _ in range(2):
            assert admin_client.post(ADD, {**FORM, "event_types": ["ping"]}).status_code == 302
        first, second = Endpoint.objects.all()
        assert (first.url, first.event_types, first.is_on) == (FORM["url"], ["ping"], True)
        assert first.secret.startswith("whsec_")
        assert first.secret != second.secret

    def test_an_edit_is_written(self, admin_client, make_endpoint):
        endpoint = make_endpoint(event_types=["ping"])
        body = {**FORM, "description": "New", "event_types": ["ping", "order.paid"]}
        assert admin_client.post(page_of(endpoint), body).status_code == 302
        secret = endpoint.secret
        endpoint.refresh_from_db()
        assert (endpoint.description, endpoint.event_types) == ("New", ["ping", "order.paid"])
        assert endpoint.secret == secret

    def test_switched_on_again_it_starts_anew(self, admin_client, make_endpoint):
        endpoint = make_endpoint()
        EndpointState.objects.create(endpoint=endpoint, failing_since=timezone.now())
        switch_off(endpoint=endpoint, because="It has answered 410 Gone.")
        assert "It has answered 410 Gone." in admin_client.get(page_of(endpoint)).content.decode()
        admin_client.post(page_of(endpoint), {**FORM, "event_types": ["ping"]})
        endpoint.refresh_from_db()
        assert (endpoint.is_on, endpoint.switched_off_because) == (True, "")
        assert EndpointState.objects.get().failing_since is None

    def test_deletion_takes_the_log_along(self, admin_client, make_endpoint, ping):
        endpoint, other = make_endpoint(), make_endpoint()
        ping()
        page = admin_client.get(page_of(endpoint, "delete")).content.decode()
        assert "Deliveries: 1" in page
        admin_client.post(page_of(endpoint, "delete"), {"post": "yes"})
        assert [each.endpoint for each in Delivery.objects.all()] == [other]

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("by_action", [False, True])
    def test_deletion_empties_an_endpoint_before_it_locks_it(
        self, admin_client, endpoint, ping, by_action, monkeypatch
    ):
        monkeypatch.setattr("webhooks.services.events.deliveries_due.send_robust", lambda **_: None)
        monkeypatch.setattr("webhooks.services.endpoints.DELETED_AT_ONCE", 2)
        ping(*range(3))
        seen = []

        def look(**kwargs):
            seen.append((Endpoint.objects.get().is_on, Delivery.objects.count()))

        url, body = page_of(endpoint, "delete"), {"post": "yes"}
        if by_action:
            url, body = LIST, body | {"action": "delete_selected", "_selected_action": endpoint.pk}
        pre_delete.connect(look, sender=Endpoint)
        try:
            assert admin_client.post(url, body).status_code == 302
        finally:
            pre_delete.disconnect(look, sender=Endpoint)
        assert seen == [(False, 0)]
        assert not Endpoint.objects.exists()

    def test_who_may_not_delete_empties_none(self, as_clerk, make_endpoint, ping):
        endpoint = make_endpoint()
        ping()
        clerk = as_clerk("view_endpoint", "change_endpoint")
        assert clerk.post(page_of(endpoint, "delete"), {"post": "yes"}).status_code == 403
        body = {"action": "delete_selected", "_selected_action": [endpoint.pk], "post": "yes"}
        clerk.post(LIST, body)
        assert Endpoint.objects.on().count() == Delivery.objects.count() == 1

    def test_the_list_costs_a_constant_number_of_queries(
        self, admin_client, make_endpoint, django_assert_num_queries
    ):
        for _ in range(20):
            make_endpoint()
        # Session, user, count and page.
        with django_assert_num_queries(4):
            admin_client.get(LIST)


class TestSecret:
    def test_needs_its_own_right(self, as_clerk, make_endpoint):
        endpoint = make_endpoint()
        client = as_clerk("view_endpoint", "change_endpoint", "add_endpoint", "view_delivery")
        assert client.get(page_of(endpoint, "secret")).status_code == 403
        assert client.post(page_of(endpoint, "secret")).status_code == 403
        for url in (LIST, page_of(endpoint), page_of(endpoint, "history"), DELIVERIES):
            assert endpoint.secret not in client.get(url).content.decode()
        assert Endpoint.objects.get().secret == endpoint.secret

    @pytest.mark.parametrize(
        ("url", "lookup"),
        [
            (LIST, "secret__startswith"),
            (LIST, "previous_secret__contains"),
            (DELIVERIES, "endpoint__secret__startswith"),
        ],
    )
    def test_no_filter_finds_it(self, admin_client, make_endpoint, url, lookup):
        make_endpoint()
        assert admin_client.get(url, {lookup: "whsec_"}).status_code == 400

    def test_is_shown_and_kept_nowhere(self, as_clerk, make_endpoint):
        endpoint = make_endpoint()
        page = as_clerk("view_endpoint", "view_secret").get(page_of(endpoint, "secret"))
        assert endpoint.secret in page.content.decode()
        assert "no-store" in page["Cache-Control"]

    def test_is_replaced_once_by_a_double_click(self, admin_client, make_endpoint):
        endpoint = make_endpoint()
        url = page_of(endpoint, "secret")
        body = {"seen": fingerprint_of(endpoint.secret)}
        admin_client.post(url, body)
        replaced = Endpoint.objects.get()
        page = admin_client.post(url, body, follow=True).content.decode()
        assert "was replaced since this page was shown" in page
        assert Endpoint.objects.get().secret == replaced.secret != endpoint.secret
        assert replaced.previous_secret == endpoint.secret
        entry = LogEntry.objects.get()
        assert entry.change_message == "Replaced the secret."
        assert endpoint.secret not in str(LogEntry.objects.values())


class TestTestEvent:
    def test_needs_the_right_to_change(self, as_clerk, make_endpoint):
        endpoint = make_endpoint()
        client = as_clerk("view_endpoint", "view_delivery")
        assert client.get(page_of(endpoint, "test")).status_code == 403
        assert client.post(page_of(endpoint, "test")).status_code == 403
        assert not Event.objects.exists()

    def test_is_sent_and_its_log_shown(
        self, admin_client, endpoint, receiver, django_capture_on_commit_callbacks
    ):
        url = page_of(endpoint, "test")
        assert receiver.url in admin_client.get(url).content.decode()
        assert not Event.objects.exists()
        receiver.always(202, b"<b>thanks</b>")
        with django_capture_on_commit_callbacks(execute=True):
            response = admin_client.post(url)
        [request] = receiver.received
        assert request.verified(endpoint.secret)["type"] == "webhook.test"
        page = admin_client.get(response["Location"]).content.decode()
        assert "&lt;b&gt;thanks&lt;/b&gt;" in page
        assert "202" in page

    def test_one_that_is_gone(self, admin_client, endpoint):
        url = page_of(endpoint, "test")
        endpoint.delete()
        assert admin_client.post(url)["Location"] == LIST


class TestDeliveries:
    @pytest.fixture
    def deliveries(self, endpoint, receiver, ping):
        """One waiting, one delivered, one given up."""
        ping(1)
        deliver_to(endpoint_id=endpoint.pk)
        ping(2, 3)
        given_up, waiting = Delivery.objects.filter(delivered_at=None)[:2]
        Delivery.objects.filter(pk=given_up.pk).update(due_at=None, attempts=10)
        return waiting, Delivery.objects.delivered().get(), given_up

    def test_are_found_by_state_event_endpoint_and_id(
        self, admin_client, deliveries, endpoint, make_endpoint
    ):
        waiting, delivered, given_up = deliveries
        assert shown(admin_client, state="waiting") == [waiting]
        assert shown(admin_client, state="delivered") == [delivered]
        assert shown(admin_client, state="given_up") == [given_up]
        assert shown(admin_client, state="nonsense") == shown(admin_client)
        assert len(shown(admin_client, type="ping")) == 3
        assert shown(admin_client, type="order.paid") == []
        assert shown(admin_client, endpoint__id__exact=make_endpoint().pk) == []
        assert shown(admin_client, q=delivered.event_id) == [delivered]

    def test_cost_a_constant_number_of_queries(
        self, admin_client, endpoint, ping, django_assert_num_queries
    ):
        ping(*range(30))
        # Session, user, count, page, and the endpoints of the filter.
        with django_assert_num_queries(5):
            assert len(shown(admin_client)) == 30

    def test_no_page_changes_one(self, admin_client, deliveries):
        waiting = deliveries[0]
        url = reverse("admin:webhooks_delivery_change", args=[waiting.pk])
        assert admin_client.post(url, {"attempts": 9}).status_code == 403
        assert admin_client.get(reverse("admin:webhooks_delivery_add")).status_code == 403
        assert "&quot;number&quot;: 2" in admin_client.get(url).content.decode()

    def test_send_again_needs_the_right_to_change(self, as_clerk, deliveries):
        client = as_clerk("view_delivery")
        confirm(client, "send_again", *deliveries)
        assert "send_again" not in client.get(DELIVERIES).content.decode()
        assert Delivery.objects.waiting().count() == 1

    def test_send_again(self, as_clerk, deliveries, receiver, django_capture_on_commit_callbacks):
        client = as_clerk("view_delivery", "change_delivery")
        with django_capture_on_commit_callbacks(execute=True):
            confirm(client, "send_again", *deliveries)
        assert Delivery.objects.delivered().count() == 3
        assert len(receiver.received) == 4
        assert len({request.id for request in receiver.received}) == 3
