"""What must not leave in a log line or an error report: secrets, tokens, passwords and addresses."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

SECRET = "[secret]"
ADDRESS = "[address]"

# Names of fields, headers and parameters whose value nobody else may read.
SECRET_NAME = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|secret|token|(?<![a-z])(?:access|refresh|auth|jwt|uid|dsn|pin|otp)"
    r"(?![a-z])|recovery_?codes?|api_?key|private_?key|session_?(?:id|key)|csrf|cookie|credential|signature"
    r"|authorization|e-?mail|phone|street|birth_?date|(?<![a-z])(?:address|zip)(?![a-z]))"
)
# A text in quotes, a list or a tuple, or what reaches to the next separator.
VALUE = (
    r"""(?:b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'|\\+["'].*?\\+["']|[\[(][^\])]{0,2000}[\])]?"""
    r"""|[^\s"'\[({},;&)\]][^\s"',;&)}\]]*)"""
)


class Rule(NamedTuple):
    """A pattern, and texts of which one must be there (in lower case) for it to be worth a try."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: str


def rule(needles: str, pattern: str, replacement: str = SECRET) -> Rule:
    return Rule(tuple(needles.split()), re.compile(pattern, re.IGNORECASE), replacement)


# In this order: what hides more comes first.
RULES = [
    # The values of a row, as the databases quote them in their errors.
    rule("contains", r"(Failing row contains).*", rf"\1 {SECRET}"),
    rule("key", r"(Key \([^)\n]{0,200}\))=\(.*\)", rf"\1={SECRET}"),
    rule(
        "entry value",
        r"(Duplicate entry|Incorrect [\w ]+ value:?) '.{0,1000}'(?= for )",
        rf"\1 {SECRET}",
    ),
    rule("://", r"(://)[^\s'\"<>]{1,500}@", rf"\1{SECRET}@"),
    rule(
        "pass pwd secret token access refresh auth jwt uid dsn pin otp recovery key session csrf cookie credential"
        " signature mail phone street birth address zip",
        rf"""({SECRET_NAME}[\w-]{{0,40}}(?:\\*["']\]?)?\s{{0,3}}(?:=>|[:=]|%3a|%3d)\s{{0,3}})"""
        rf"""(?:(?:JWT|Bearer|Basic|Token)\s+)?{VALUE}""",
        rf"\1{SECRET}",
    ),
    rule(
        "authorization cookie",
        r"^((?:proxy-)?authorization|(?:set-)?cookie)\s*:.*$",
        rf"\1: {SECRET}",
    ),
    rule("eyj", r"\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}"),
    rule(
        "jwt bearer basic token",
        r"\b(JWT|Bearer|Basic|Token)\s+(?:(?=\S*[\d=])[\w.~+/=-]{8,}|[\w.~+/=-]{20,})",
        rf"\1 {SECRET}",
    ),
    rule("$", r"\b(?:pbkdf2_sha\w+|argon2\w*|bcrypt\w*|scrypt|md5|sha1)\$[^\s'\",)]+"),
    # The links of password mails: whoever has one sets the password.
    rule("confirm/ activat", r"((?:confirm|activat\w+)/)[\w-]+/[\w-]+", rf"\1{SECRET}"),
    rule("-", r"\b[0-9a-z]{1,13}-[0-9a-f]{32}\b"),
    # A cart belongs to whoever knows its UUID. Celery prints a task's id in brackets; that is none.
    rule("-", r"(?<!\[)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    # Keys of sessions, forms, tokens; digests.
    rule("", r"(?<!\w)[a-z0-9]{32,}(?!\w)"),
    rule("@ %40", r"\"[^\"\n]{1,64}\"@[\w.-]+", ADDRESS),
    rule(
        "@ %40",
        r"(?<![\w.!#$%&*+?^`|~-])[\w.!#$%&*+?^`|~-]{1,200}?(?:@|%(?:25)*40)"
        r"(?:[\w-]{1,63}\.[\w.-]*\w|localhost\b)",
        ADDRESS,
    ),
    # Addresses of clients; those of our own networks tell where a server is and stay.
    rule(
        ".",
        r"(?<![\w.])(?!(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.)"
        r"\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)",
        ADDRESS,
    ),
    rule(":", r"(?<![\w:])[23][0-9a-f]{3}:(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4}", ADDRESS),
]
NAMES_A_SECRET = re.compile(SECRET_NAME, re.IGNORECASE)
# Literals of a statement. Where a backslash may escape a quote, all between the first and the last.
LITERAL = re.compile(r"'[^']*'")
LITERALS = re.compile(r"'.*'", re.DOTALL)


ANY_NEEDLE = re.compile("|".join(re.escape(needle) for each in RULES for needle in each.needles))
RULES_OF_ANY_TEXT = [each for each in RULES if not each.needles]


def redact(text: str) -> str:
    """Return the text with everything masked that looks like a secret or an address."""
    lowered = text.lower()
    # Most lines hold none.
    rules = RULES if ANY_NEEDLE.search(lowered) else RULES_OF_ANY_TEXT
    for needles, pattern, replacement in rules:
        if any(needle in lowered for needle in needles) or not needles:
            text = pattern.sub(replacement, text)
    return text


def without_literals(statement: str) -> str:
    """Return an SQL statement without the texts in it."""
    pattern = LITERALS if "\\" in statement else LITERAL
    return pattern.sub("'...'", statement)


def scrub(value: Any, keep: Callable[[str], bool]) -> Any:
    """Return a structure of JSON with every text redacted, except below keys to be kept."""
    match value:
        case str():
            return redact(value)
        case dict():
            return {key: scrub_item(key, item, keep) for key, item in value.items()}
        case list() | tuple():
            return [scrub(item, keep) for item in value]
    return value


def scrub_item(key: Any, value: Any, keep: Callable[[str], bool]) -> Any:
    if keep(str(key)):
        return value
    return SECRET if NAMES_A_SECRET.search(str(key)) else scrub(value, keep)
