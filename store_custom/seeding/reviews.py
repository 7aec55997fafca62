from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from store.models import Customer, Product, Review

from .rows import insert_all, own_dates

OPENINGS = {
    "good": (
        "Exactly what I was looking for.",
        "Even nicer than in the picture.",
        "Bought as a present, and now I want one too.",
        "This is my second one, which says it all.",
        "I use it nearly every day.",
        "A pleasure from the moment the parcel was opened.",
        "Worth the wait.",
        "Simple, well made, no fuss.",
    ),
    "fair": (
        "Decent for the money.",
        "I like it, with one reservation.",
        "Does what it should, not more.",
        "Took me a while to warm to it.",
        "Good idea, average finish.",
        "Nice enough, though I expected a bit more.",
    ),
    "poor": (
        "Not for me, I am afraid.",
        "I had hoped for better.",
        "Sent mine back.",
        "It looked different in the picture.",
        "Disappointed, given the price.",
    ),
}
DETAILS = {
    "good": (
        "The colour goes with everything we have.",
        "It feels solid and is finished cleanly on the underside as well.",
        "My sister asked where it came from within five minutes.",
        "After three months it still looks new.",
        "It came a day early and packed without plastic.",
        "The size is just right for our small flat.",
        "You can tell that somebody thought about the details.",
        "I compared several, and this was the one to keep.",
    ),
    "fair": (
        "It is a little smaller than I had imagined.",
        "Delivery took nine days.",
        "The colour is a shade darker than on my screen.",
        "The instructions could be clearer.",
        "One corner was slightly scuffed, but nobody else notices.",
        "I would take the larger one next time.",
    ),
    "poor": (
        "It arrived with a scratch, and the replacement took two weeks.",
        "The measurements are right, but it looks lost in our room.",
        "It feels lighter than the description suggests.",
        "Customer service was kind about it and the refund was quick.",
        "The colour did not match the one I already have.",
    ),
}
CLOSINGS = {
    "good": ("Recommended.", "Would buy again.", "Five stars from the whole family.", "Thank you!"),
    "fair": ("All in all I am keeping it.", "Fine for every day.", "Wait for an offer."),
    "poor": ("Pity.", "I will try something else.", "Two stars for the nice packaging."),
}
GUESTS = ("A happy giver", "Bookworm", "Grandpa Otto", "J. P.", "Kitchen Fairy", "Lena", "Tom")


def insert_reviews(*, customers: list[Customer], products: list[Product], now: datetime) -> None:
    random = Random("reviews")
    with own_dates(Review, "date"):
        insert_all(Review, reviews(random, customers, products, now))


def reviews(
    random: Random, customers: list[Customer], products: list[Product], now: datetime
) -> Iterator[Review]:
    for product in products:
        # How good a thing is shows in all its reviews.
        weights = random.choice(((0, 1, 2, 8, 12), (1, 2, 5, 8, 5), (3, 3, 4, 3, 2)))
        for _ in range(random.choices(range(8), (20, 20, 18, 14, 10, 8, 6, 4))[0]):
            rating = random.choices((1, 2, 3, 4, 5), weights)[0]
            yield Review(
                product=product,
                **author(random, customers),
                description=words_for(random, rating),
                rating=rating if random.random() < 0.95 else None,
                date=(now - timedelta(days=random.randrange(365))).date(),
            )


def author(random: Random, customers: list[Customer]) -> dict[str, Any]:
    if random.random() < 0.2:
        return {"user": None, "name": random.choice(GUESTS)}
    user: Any = random.choice(customers).user
    return {"user": user, "name": f"{user.first_name} {user.last_name[0]}."}


def words_for(random: Random, rating: int) -> str:
    mood = "good" if rating > 3 else "fair" if rating == 3 else "poor"
    sentences = [random.choice(texts[mood]) for texts in (OPENINGS, DETAILS, CLOSINGS)]
    return " ".join(sentences[: random.choices((1, 2, 3), (2, 5, 3))[0]])
