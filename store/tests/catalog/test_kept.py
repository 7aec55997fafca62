"""What a process keeps has an end."""

from concurrent.futures import ThreadPoolExecutor

from store.models.kept import Kept
from store.views.answers import OVERHEAD, Answer


def test_what_was_used_least_recently_goes_first():
    kept = Kept(2)
    for number in (1, 2):
        kept.put(number, number)
    kept.get(1)

    kept.put(3, 3)

    assert [kept.get(number) for number in (1, 2, 3)] == [1, None, 3]


def test_what_is_larger_than_the_room_is_not_kept_and_drives_nothing_out():
    kept = Kept(10, len)
    kept.put("a", "short")

    kept.put("b", "longer than ten")

    assert (kept.get("a"), kept.get("b")) == ("short", None)


def test_an_answer_takes_room_beside_its_body():
    answer = Answer.shared(b"{}", {})
    kept = Kept(3 * answer.size, lambda answer: answer.size)

    for number in range(5):
        kept.put(number, answer)

    assert answer.size == 2 + OVERHEAD
    assert [number for number in range(5) if kept.get(number)] == [2, 3, 4]


def test_threads_share_it():
    kept = Kept(50)

    def use(number):
        kept.put(number % 70, number)
        kept.get((number * 7) % 70)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(5000)))

    assert len(kept.items) == 50
