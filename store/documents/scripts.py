"""Text as a page without a shaping engine shows it: Arabic letters joined, lines from right to left turned."""

import unicodedata
from functools import cache

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

# Where Unicode keeps the joined forms of Arabic letters.
FORMS = frozenset([*range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00)])
TATWEEL = "\u0640"
LAM = "\u0644"
MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
RIGHT_TO_LEFT = {"R", "AL"}


@cache
def forms_of_letters() -> dict[tuple[str, str], str]:
    """Return the characters of letters, and of lam with an alef, by form: initial, medial, final, isolated."""
    found: dict[tuple[str, str], str] = {}
    for code in sorted(FORMS):
        kind, *letters = unicodedata.decomposition(chr(code)).split()[:3] or [""]
        if kind in ("<initial>", "<medial>", "<final>", "<isolated>"):
            text = "".join(chr(int(letter, 16)) for letter in letters)
            # The ligatures besides lam with alef are a matter of taste.
            if len(text) == 1 or (len(text) == 2 and text[0] == LAM and text[1] in "آأإا"):
                found.setdefault((kind.strip("<>"), text), chr(code))
    return found


def is_mark(letter: str) -> bool:
    return unicodedata.category(letter) == "Mn"


def joins_next(letter: str) -> bool:
    return letter == TATWEEL or ("initial", letter) in forms_of_letters()


def joins_previous(letter: str) -> bool:
    return letter == TATWEEL or ("final", letter) in forms_of_letters()


def joined(text: str) -> str:
    """Replace Arabic letters by the forms that they have beside their neighbours."""
    if not any("\u0600" <= letter <= "\u06ff" for letter in text):
        return text
    forms = forms_of_letters()
    units = units_of(text)
    result: list[str] = []
    for index, (letter, marks) in enumerate(units):
        before = units[index - 1][0] if index else ""
        after = units[index + 1][0] if index + 1 < len(units) else ""
        tied_before = joins_next(before[-1:]) and len(before) == 1 and joins_previous(letter)
        tied_after = joins_next(letter) and joins_previous(after)
        kind = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get(
            (tied_before, tied_after), "isolated"
        )
        usual = letter if kind == "isolated" and len(letter) == 1 else forms.get((kind, letter))
        result.append((usual or letter) + marks)
    return "".join(result)


def units_of(text: str) -> list[tuple[str, str]]:
    """Split a text into letters with their marks; lam and alef are one."""
    units: list[tuple[str, str]] = []
    for letter in text:
        if units and is_mark(letter):
            units[-1] = (units[-1][0], units[-1][1] + letter)
        elif units and units[-1][0] == LAM and ("isolated", LAM + letter) in forms_of_letters():
            units[-1] = (LAM + letter, units[-1][1])
        else:
            units.append((letter, ""))
    return units


def runs_right_to_left(text: str) -> bool:
    """Tell whether the first letter with a direction runs from right to left."""
    classes = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in RIGHT_TO_LEFT for each in classes if each in {"L", "R", "AL"}), False)


def visual(line: str) -> str:
    """Return one line of text in the order in which it stands on the page, from left to right."""
    if not any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in line):
        return line
    base = TextDirection.RTL if runs_right_to_left(line) else TextDirection.LTR
    letters = BidiParagraph(text=line, base_direction=base).get_reordered_characters()
    return "".join(
        each.character.translate(MIRRORED) if each.embedding_level % 2 else each.character
        for each in letters
    )


def clean(text: str) -> str:
    """Return a text on one line without what no page shows: controls, marks of direction, halves of characters."""
    # Ligatures of whole words are in few fonts.
    plain = (unicodedata.normalize("NFKC", each) if ord(each) in FORMS else each for each in text)
    text = unicodedata.normalize("NFC", "".join(plain))
    kept = (" " if letter.isspace() else letter for letter in text)
    shown = (
        letter for letter in kept if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}
    )
    return " ".join("".join(shown).split())
