"""What customers write, as staff read, approve, hide and answer it."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

from store.admin.reviews import REWRITTEN
from store.models import Product, Review
from storefront.admin.actions import CHANGED_SINCE

from .forms import errors_in, messages_in

pytestmark = pytest.mark.django_db

LIST = "/admin/store/review/"


@pytest.fixture
def review(product: Product) -> Review:
    return baker.make(
        Review, product=product, name="Ann", rating=2, description="It drips.", is_approved=False
    )


def page_of(review: Review) -> str:
    return f"{LIST}{review.pk}/change/"


def shown_on(page: Any) -> str:
    return page.context["adminform"].form["shown"].value()


def chosen(action: str, *reviews: Review, **others: Any) -> dict[str, Any]:
    return {"action": action, "_selected_action": [review.pk for review in reviews], **others}


def rewrite(review: Review) -> None:
    Review.objects.filter(pk=review.pk).update(description="Buy pills.")


class TestList:
    def test_shows_the_beginning_of_the_words(self, admin_client: Any, review: Review) -> None:
        Review.objects.update(description="Pours <b>well</b>.\n" + "so " * 2000, rating=4)

        page = admin_client.get(LIST)

        assertContains(page, "Pours &lt;b&gt;well&lt;/b&gt;. so so")
        assertContains(page, "★★★★☆")
        assertNotContains(page, "so " * 60)

    def test_finds_what_waits_for_an_answer(self, admin_client: Any, review: Review) -> None:
        answered = baker.make(Review, answer="Thanks.", answered_at="2026-01-01T00:00Z")

        for value, found in [("no", review), ("yes", answered)]:
            page = admin_client.get(f"{LIST}?answer={value}")
            assert list(page.context["cl"].result_list) == [found]


class TestActions:
    def test_nothing_is_approved_that_was_changed_since(
        self, admin_client: Any, review: Review
    ) -> None:
        asked = admin_client.post(LIST, chosen("approve", review))
        assertContains(asked, "Ann, ★★☆☆☆: “It drips.”")
        rewrite(review)

        again = admin_client.post(LIST, chosen("approve", review, shown=asked.context["shown"]))

        assert messages_in(again) == [CHANGED_SINCE]
        assertContains(again, "“Buy pills.”")
        assert not Review.objects.get().is_approved

    @pytest.mark.parametrize(
        ("action", "before", "done"),
        [("approve", False, "1 review was approved."), ("hide", True, "1 review was hidden.")],
    )
    def test_moves_what_was_shown(
        self, make_clerk: Any, review: Review, action: str, before: bool, done: str
    ) -> None:
        Review.objects.update(is_approved=before)
        client = make_clerk("moderate_review")
        asked = client.post(LIST, chosen(action, review))

        page = client.post(LIST, chosen(action, review, shown=asked.context["shown"]), follow=True)

        assert messages_in(page) == [done]
        assert Review.objects.get().is_approved is not before

    def test_readers_move_nothing(self, make_clerk: Any, review: Review) -> None:
        client = make_clerk("view_review", "change_review")

        client.post(LIST, chosen("approve", review))
        page = client.post(page_of(review), {"answer": "Thanks.", "_approve": "1"})

        assert page.status_code == 403
        assert Review.objects.filter(is_approved=False, answer=None).exists()


class TestPage:
    def test_the_words_of_the_customer_stay(self, admin_client: Any, review: Review) -> None:
        words = {"name": "Bob", "rating": 5, "description": "Great!", "user": 1, "product": 99}

        admin_client.post(page_of(review), {"answer": "Sorry.", **words, "_save": "1"})

        changed = Review.objects.get()
        assert (changed.name, changed.rating, changed.description) == ("Ann", 2, "It drips.")
        assert (changed.user, changed.product_id) == (None, review.product_id)
        assert admin_client.get(f"{LIST}add/").status_code == 403

    @pytest.mark.parametrize("button", ["_save", "_approve"])
    def test_refuses_what_was_written_to_another_text(
        self, admin_client: Any, review: Review, button: str
    ) -> None:
        sent = {"shown": shown_on(admin_client.get(page_of(review))), "answer": "Oh, sorry!"}
        rewrite(review)

        page = admin_client.post(page_of(review), {**sent, button: "1"})

        assert errors_in(page) == [REWRITTEN]
        assertContains(page, "Oh, sorry!")
        assertContains(page, "Buy pills.")
        assert Review.objects.filter(is_approved=False, answer=None).exists()
        sent["shown"] = shown_on(page)
        assert admin_client.post(page_of(review), {**sent, button: "1"}).status_code == 302

    def test_refuses_too_long_an_answer(self, admin_client: Any, review: Review) -> None:
        page = admin_client.post(page_of(review), {"answer": "x" * 5001, "_approve": "1"})

        assert errors_in(page) == ["Ensure this value has at most 5000 characters (it has 5001)."]
        assert Review.objects.filter(is_approved=False, answer=None).exists()

    def test_answers_and_approves_at_once(self, make_clerk: Any, review: Review) -> None:
        client = make_clerk("moderate_review")
        shown = shown_on(client.get(page_of(review)))

        client.post(page_of(review), {"shown": shown, "answer": " Sorry. ", "_approve": "1"})

        changed = Review.objects.get()
        assert (changed.is_approved, changed.answer) == (True, "Sorry.")
        assert changed.answered_by.username == "clerk"
        logged = LogEntry.objects.get().get_change_message()
        assert logged == "Changed Public answer. Changed approved."

    def test_takes_an_answer_back(self, admin_client: Any, review: Review) -> None:
        Review.objects.update(answer="Go away.", answered_at="2026-01-01T00:00Z")

        admin_client.post(page_of(review), {"initial-answer": "Go away.", "answer": ""})

        assert Review.objects.filter(answer=None, answered_at=None, answered_by=None).exists()

    def test_one_of_two_answers_is_refused(self, admin_client: Any, review: Review) -> None:
        Review.objects.update(answer="Theirs.")

        page = admin_client.post(page_of(review), {"initial-answer": "", "answer": "Ours."})

        assert "Somebody else changed this to “Theirs.”" in errors_in(page)[0]
        assert Review.objects.get().answer == "Theirs."
