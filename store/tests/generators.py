"""What model_bakery puts into columns whose constraints it does not know (BAKER_CUSTOM_FIELDS_GEN)."""

from decimal import Decimal

from model_bakery.random_gen import baker_random, gen_string


def gen_amount() -> Decimal:
    return Decimal(baker_random.randint(100, 999_999)) / 100


def gen_pieces() -> int:
    return baker_random.randint(1, 1000)


def gen_quantity() -> int:
    """A piece, of which every product that is not sold out has enough."""
    return 1


def gen_fraction() -> float:
    return baker_random.random()


def gen_exact_text() -> str:
    return gen_string(20)
