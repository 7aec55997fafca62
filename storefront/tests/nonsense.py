"""What a client might send where something else is expected."""

IDS = [
    *["abc", "-1", "0", "1.5", "1e3", "NaN", "null", "%00", "1%00", "%ff", "1%0A", "%F0%9F%9B%92"],
    *[str(2**31), str(2**63 - 1), str(2**63), str(2**64), str(10**30), "9" * 5000],
    *["%D9%A1", "00000000-0000-0000-0000-000000000000", "0" * 32, "{" + "0" * 32 + "}", "..%2F1"],
]
SOME_IDS = ["abc", "%00", str(2**64)]
# As they stand in a JSON body.
VALUES = [
    *["null", "true", "0", "-1", "1.5", "1e400", "-1e400", "1e99", "-0.0", "0." + "3" * 400],
    *[str(2**15), str(2**31), str(2**63), str(2**64), "1" + "0" * 30],
    *["[]", "[1]", "[[]]", "[null]", "{}", '{"a": 1}', '""', '" "', r'"\u0000"', r'"a\u0000b"'],
    *['"🛒"', '"\u202eمرحبا"', r'"\ufffe\uffff"', '"a\\r\\nBcc: b"'],
    *['"NaN"', '"sNaN"', '"Infinity"', '"1e400"', '"1e-400"', '"1e999999999999"', '"٣"', '"1_0"'],
    *['"2026-02-30"', '"10000-01-01"', '"0000-00-00"', '"../../etc/passwd"', '"%00"', '"<b>"'],
    # More than a text of MariaDB holds.
    f'"{"x" * 100_000}"',
    f'"{"9" * 5000}"',
]
SOME_VALUES = ["[null]", str(2**64), r'"a\u0000b"']
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
BODIES: list[tuple[str, bytes]] = [
    *[(JSON, body) for body in (b"", b"null", b"[]", b"[1]", b"1", b'"x"', b"{", b"NaN", b"{}{}")],
    *[
        (JSON, body)
        for body in (b"\xff\xfe", b'{"a": "\xff"}', b"\xef\xbb\xbf{}", b"\x00", b"{'a'}")
    ],
    *[(JSON, body) for body in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 9000 + b"]" * 9000)],
    *[(JSON, body) for body in (rb'{"\u0000": 1}', rb'{"\ud800": "x"}', b'{"__class__": {}}')],
    # What is no JSON, whatever the field.
    *[(JSON, b'{"title": %s}' % value) for value in (b"NaN", b"-Infinity", b"9" * 5000)],
    *[(JSON, b'{"title": %s}' % value) for value in (rb'"\ud800"', rb'{"\ud800": 1}')],
    *[(f"{JSON}; charset={name}", b"{}") for name in ("nonsense", "utf-16", "idna", "\xff")],
    *[(FORM, body) for body in (b"", b"%00=%00", b"\xff=\xff", b"=&=&", b"a" * 100_000)],
    (FORM, b"&".join(b"a%d=1" % number for number in range(2000))),
    (f"{FORM}; charset=nonsense", b"a=1"),
    (f"{FORM}; charset=utf-16", b"a=1"),
    *[(MULTIPART, body) for body in (b"", b"--x", b"--x--", b"--x\r\n\r\n\r\n--x--\r\n", b"\x00")],
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\n\xff\r\n--x--\r\n'),
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="image"\r\n\r\nx\r\n--x--\r\n'),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=\xe9", b"--x--"),
    *[(kind, b"{}") for kind in ("", "text/plain", "nonsense", "application/xml", "a/b/c;;=")],
]
SOME_BODIES = [(JSON, b"[1]"), (JSON, b"{"), (FORM, b"%00=%00"), (MULTIPART, b"--x"), ("", b"{}")]
TEXTS = ["", "\0", "NaN", "1e400", "-1", "9" * 5000, "🛒", "\u202eمرحبا", "x" * 100_000, "[]"]
SOME_TEXTS = ["\0", "9" * 5000]
PARAMETERS = [
    *["", "%00", "a%00", "abc", "-1", "0", "1.5", "1e400", "NaN", "sNaN", "Infinity", "1e-400"],
    *["9" * 5000, str(2**63), "%F0%9F%9B%92", "%ED%A0%80", "%ff", "id", "-", "--id", ",", "?"],
    *["user__password", "%D9%A1", "1_0", "x" * 2000, "1&{0}=2", "1e999999999", "%25", "_", "\\"],
]
SOME_PARAMETERS = ["a%00", str(2**63), "%ED%A0%80"]
HEADERS = [
    *[
        ("HTTP_AUTHORIZATION", text)
        for text in ("JWT", "JWT a b", "JWT \0", "JWT é", "Bearer a.b.c")
    ],
    *[("HTTP_AUTHORIZATION", text) for text in ("JWT " + "x" * 20_000, "Basic x", "é")],
    *[("HTTP_ACCEPT", text) for text in ("", "nonsense", ";;,", "a/b", "*/*;q=x", "\0", "*/json")],
    *[
        ("HTTP_COOKIE", text)
        for text in ("sessionid=\0", "sessionid=é", "=;=", "csrftoken=" + "x" * 9)
    ],
    *[("HTTP_X_HTTP_METHOD_OVERRIDE", text) for text in ("DELETE", "PUT", "\0")],
]
SOME_HEADERS = [("HTTP_AUTHORIZATION", "JWT \0"), ("HTTP_ACCEPT", "nonsense")]
KEYS = [
    *["", " ", "\0", "é", "🛒", "\udcff", '"', '""', '"a', "a b", "a,b", '"a", "b"', "(a b)"],
    *["x" * 256, "x" * 100_000, '"' + "\\" * 99_999, '"' + "a" * 99_999],
    *['"\\"', '"\x7f"', '"a";b="c"'],
]
