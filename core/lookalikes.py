"""Names of different scripts that look alike, as UTS #39 of Unicode has them."""

import unicodedata

from storefront.unique_keys.texts import nfd, nfkc

# Letters of scripts in use, and what they are taken for: the single letters of Unicode's confusables.txt,
# version 15 (https://www.unicode.org/Public/security/, © Unicode, Inc., Unicode License v3). Those that are
# written from right to left, and digits, are escaped, so that this file reads in one direction.
PAIRS = [
    # Cyrillic.
    (
        "ЅІЈАВЕЗКМНОРСТУХЬабгеорсухѕіјѡѴѵҮүһҽӀӏӠԁԌԛԜԝꙄꙇЄГЛПФвзикмнптф",
        "SlJABE3KMHOPCTYXba6reopcyxsijwVvYyheli3dGqWw2iꞒΓɅΠΦʙɜᴎĸʍʜπᴛɸ",
    ),
    ("ьяєѰѱӋӌӘәӡԊԍԐԑᴫꙅꙍꙨꚚ", "ƅᴙꞓΨψҶҷƏǝȝǶɢƐꞓлƨωʘ𐊨"),
    # Greek.
    (
        "ͿΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορσυϜϳϺᴦͰͶͷͻͽΛΣβδεκτφϛϷϸϽϿᴧᴨᴩ",
        "JABEZHlKMNOPTYXayivopouFjMrⱵИᴎɔꜿɅƩßẟꞓĸᴛɸςÞþƆꜾʌπᴘ",
    ),
    # Coptic.
    (
        "ϨⲅⲎⲒⲔⲘⲚⲞⲟⲢⲣⲤⲥⲦⲨⲬⳊⳌⳐⳒ𐋵ϩⲄⲆⲈⲉⲕⲖⲠⲪⲫⲭⲮⲱⲼⲽⳍⳑⳜⳤ𐋡𐋤𐋨𐋲",
        "2rHlKMNOoPpCcTYX93L6ZƨΓΔꞒꞓĸλΠΦɸχΨωШшȝʟϬϗدوطص",
    ),
    # Armenian.
    ("ՍՏՕագզհոռսցքօ", "USOwqqhnnugfo"),
    # Georgian.
    ("ყჿ", "yo"),
    # Cherokee.
    ("ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏮᏳᏴꭵꮁꮃꮓꮩꮪꮯ", "DRTiYAJEWMHYGhZ4bRWSVSLCPKd6GBirwzvsc"),
    # Lisu.
    ("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPdDTGKJCZFMNLSRVHWXYAElOU"),
    # Canadian.
    ("ᐯᑌᑭᑯᑲᒍᒪᒿᕁᕼᕽᖇᖯᖴᗅᗞᗪᗰᗷ", "VUPdbJL2xHxRbFADDMB"),
    # Tifinagh.
    ("ⴸⴹⵏⵔⵕⵝ", "VElOQX"),
    # Osage.
    ("𐒴𐓂𐓎𐓒𐓪𐓶", "ROU7ou"),
    # Deseret.
    ("𐐄𐐕𐐛𐐠𐐬𐐽𐑈", "OCLSocs"),
    # Runic.
    ("ᚷᛁᛕᛖ", "XlKM"),
    ("\u05d5\u05d8\u05df\u05e1\u0627\u0647\u06be\u06c1\u06d5\u0661\u0665", "lvloloooolo"),
    ("\u0667\u06f1\u06f5\u06f7\u07c0\u07ca\u09e6\u09ea\u09ed\u0a66\u0a67", "VloVOlO89o9"),
    ("\u0a6a\u0b20\u0b66\u0b68\u0d20\u0d66\u0d6d\u0966\u0ae6\u0be6\u0c66", "8OO9oo9oooo"),
    ("\u0ce6\u0e50\u0ed0\u101d\u1040\u1200\u12d0\u3007", "oooooUOO"),
]
SEVERAL = {"Ы": "bl", "Ю": "lO", "Ӕ": "AE", "ӕ": "ae", "Ꚙ": "OO", "ꚙ": "oo", "\u05f0": "ll"}
LOOKS = str.maketrans(dict(pair for pairs in PAIRS for pair in zip(*pairs, strict=True)) | SEVERAL)
# After folding, where `I` is `i`: it looks like `l`, and one name is written with either.
FOLDED_LOOKS = str.maketrans({"0": "o", "1": "l", "i": "l", "m": "rn"})
# Written side by side in one language.
EAST_ASIAN = ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")


def skeleton(name: str) -> str:
    """Return what names that look alike have in common, whatever their scripts."""
    latin = nfd(nfkc(name)).translate(LOOKS)
    return latin.casefold().translate(LOOKS).translate(FOLDED_LOOKS)


def scripts(name: str) -> set[str]:
    """Return the scripts of the letters of a name; signs and ASCII digits belong to each."""
    return {script(char) for char in nfkc(name) if char.isalnum() and char not in "0123456789"}


def script(char: str) -> str:
    # The names of Unicode begin with it.
    first = unicodedata.name(char, "unknown").replace("-", " ").split()[0]
    return "EAST ASIAN" if first in EAST_ASIAN else first


def is_imitation(name: str, other: str) -> bool:
    """Tell whether two names look alike but for their scripts; those of one script never do."""
    return len(scripts(name) | scripts(other)) > 1 and skeleton(name) == skeleton(other)
