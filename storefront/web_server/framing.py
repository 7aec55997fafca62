"""How far a request has come, so that a thread gets it once it is whole; parsing it is gunicorn's part."""

import re
from enum import Enum

# Bytes. Far above what browsers and proxies send, and above any picture that the shop takes.
LARGEST_HEAD = 64 * 1024
LARGEST_BODY = 16 * 1024 * 1024

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
ENCODED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
FORWARDED = re.compile(rb"\r\nx-forwarded-for:[ \t]*([^\r\n]*)", re.IGNORECASE)
# Bytes: what proxies have added stands at the end, and no client makes the rest long.
LAST_HOPS = 256
READS = (b"GET ", b"HEAD ", b"OPTIONS ")
# The doors at which strangers have passwords checked; another spelling of one is a write.
SIGN_IN = re.compile(rb"POST /[^ ?]*(?:jwt/create|login)(?:\.json)?/?[ ?]")
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


class Arrival(Enum):
    """What is to be done with a request as far as it has come."""

    PARTIAL = "wait for more"
    # Its client waits for a word before it sends the body.
    EXPECTING = "ask for the body"
    WHOLE = "serve it"
    HEAD_TOO_LARGE = 431
    BODY_TOO_LARGE = 413


class Kind(Enum):
    """Which requests stand in one queue."""

    READ = "changes nothing"
    WRITE = "may change something"
    SIGN_IN = "has a password checked, which takes ten times as long"


class Framing:
    """Finds the end of one request in the bytes of its connection."""

    def __init__(self) -> None:
        self.searched = 0
        # Up to the empty line; empty until it has come.
        self.head = b""
        # Bytes of head and body; None until the head has come.
        self.size: int | None = None
        self.is_expecting = False

    @property
    def kind(self) -> Kind:
        if self.head.startswith(READS):
            return Kind.READ
        return Kind.SIGN_IN if SIGN_IN.match(self.head) else Kind.WRITE

    @property
    def forwarded(self) -> str:
        """The last hops of X-Forwarded-For."""
        return b",".join(FORWARDED.findall(self.head))[-LAST_HOPS:].decode("latin-1")

    def arrival(self, received: bytearray) -> Arrival:
        if self.size is None:
            self.read_head(received)
        if self.size is None:
            return Arrival.PARTIAL if len(received) <= LARGEST_HEAD else Arrival.HEAD_TOO_LARGE
        if self.size > LARGEST_HEAD + LARGEST_BODY:
            return Arrival.BODY_TOO_LARGE
        if len(received) >= self.size:
            return Arrival.WHOLE
        if self.is_expecting:
            self.is_expecting = False
            return Arrival.EXPECTING
        return Arrival.PARTIAL

    def read_head(self, received: bytearray) -> None:
        # Its last bytes may be the first of the end.
        end = received.find(HEAD_END, max(0, self.searched - len(HEAD_END)))
        self.searched = len(received)
        if end < 0:
            return
        self.head = head = bytes(received[: end + len(HEAD_END)])
        # A body of unknown length is served without: Django reads none either.
        length = None if ENCODED.search(head) else LENGTH.search(head)
        self.size = len(head) + (int(length[1]) if length else 0)
        self.is_expecting = bool(length and EXPECTS.search(head)) and is_of_http_1_1(head)


def is_of_http_1_1(head: bytes) -> bool:
    return head.partition(b"\r\n")[0].endswith(b" HTTP/1.1")
