"""Redis over TLS: cache and broker check the server's certificate, or neither does."""


def with_verification(url: str | None, *, verify: bool) -> str | None:
    """Return the URL of a Redis or another broker; rediss:// says what it thinks of certificates."""
    if not url or not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    # Left unsaid, the cache would check it and the broker would not.
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs={'required' if verify else 'none'}"
