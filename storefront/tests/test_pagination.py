from collections.abc import Callable
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

TAGS = "/tags/"
INVALID = {"detail": "Invalid page."}

pytestmark = pytest.mark.django_db


@pytest.fixture
def _tags() -> None:
    baker.make("tags.Tag", _quantity=201, _bulk_create=True)


def test_a_short_list_has_no_link(api_client: APIClient) -> None:
    baker.make("tags.Tag", _quantity=100, _bulk_create=True)
    response = api_client.get(TAGS)
    assert len(response.json()) == 100
    assert "Link" not in response


@pytest.mark.usefixtures("_tags")
def test_links_lead_over_every_row_once(api_client: APIClient) -> None:
    url = f"http://testserver{TAGS}"
    first = api_client.get(f"{TAGS}?search=")
    second = api_client.get(f"{TAGS}?search=&page=2")
    third = api_client.get(f"{TAGS}?search=&page=3")
    assert first["Link"] == f'<{url}?page=2&search=>; rel="next"'
    assert second["Link"] == f'<{url}?page=3&search=>; rel="next", <{url}?search=>; rel="prev"'
    assert third["Link"] == f'<{url}?page=2&search=>; rel="prev"'
    seen = [row["id"] for page in (first, second, third) for row in page.json()]
    assert [len(page.json()) for page in (first, second, third)] == [100, 100, 1]
    assert len(set(seen)) == 201


@pytest.mark.usefixtures("_tags")
def test_a_page_costs_one_query(api_client: APIClient, django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(1):
        api_client.get(TAGS, {"page": 2})


def test_a_page_that_is_not_there_is_404(api_client: APIClient, subtests: pytest.Subtests) -> None:
    for page in ["0", "-1", "2", "abc", "1.0", "٢", "999999999", "9" * 5000, "last"]:
        with subtests.test(page=page):
            response = api_client.get(TAGS, {"page": page})
            assert (response.status_code, response.json()) == (404, INVALID)


@pytest.mark.parametrize("page", ["", "1", "01"])
def test_the_first_page_may_be_empty(api_client: APIClient, page: str) -> None:
    response = api_client.get(TAGS, {"page": page})
    assert (response.status_code, response.json()) == (200, [])


@pytest.mark.usefixtures("_tags")
def test_a_page_ends_before_it_is_too_long(api_client: APIClient, settings: Any) -> None:
    row = len(api_client.get(TAGS).content) // 100
    settings.PAGE_BYTES = row * 81
    seen, url = [], f"{TAGS}?search=&page=1"
    while url:
        response = api_client.get(url)
        assert len(response.content) < row * 90
        seen += [tag["id"] for tag in response.json()]
        url = response.get("Link", "").partition(">")[0][1:]
    assert len(seen) == len(set(seen)) == 201


def test_a_start_that_is_none_is_404(api_client: APIClient, subtests: pytest.Subtests) -> None:
    for start in ["-1", "2", "abc", "٢", "9" * 5000]:
        with subtests.test(start=start):
            response = api_client.get(TAGS, {"start": start})
            assert (response.status_code, response.json()) == (404, INVALID)
