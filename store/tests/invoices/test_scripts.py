"""Text as it stands on the page, from left to right."""

import unicodedata

import pytest

from store.documents.scripts import clean, joined, visual

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Teapot (blue)", "Teapot (blue)"),
        # Read from the right, with the number as it is.
        ("שלום 12", "12 םולש"),
        ("א (ב) ג", "ג (ב) א"),
        ("Tea for שלום", "Tea for םולש"),
    ],
)
def test_turns_what_runs_from_right_to_left(text, shown):
    assert visual(text) == shown


def test_joins_arabic_letters():
    # Meem, heh, meem and dal, each joined to its neighbours.
    kinds = [unicodedata.decomposition(letter).split()[0] for letter in joined("مهمد")]

    assert kinds == ["<initial>", "<medial>", "<medial>", "<final>"]


def test_lam_and_alef_are_one_letter():
    assert joined("لا") == "\ufefb"
    assert joined("سلا") == "\ufeb3\ufefc"


def test_marks_stay_with_their_letters():
    assert unicodedata.normalize("NFKC", joined("مُحَمَّد")) == unicodedata.normalize("NFKC", "مُحَمَّد")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" a\x00\tb\r\nc ", "a b c"),
        ("\u202eabc\u200f\ufeff", "abc"),
        ("\ud800x\ue000", "x"),
        ("e\u0301", "é"),
    ],
)
def test_leaves_out_what_no_page_shows(text, kept):
    assert clean(text) == kept
