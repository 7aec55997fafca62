from django.utils.crypto import salted_hmac


def pseudonym(text: str, *, purpose: str) -> str:
    """Return what stands for a name or an address: nobody without SECRET_KEY finds the text of it."""
    return salted_hmac(purpose, text, algorithm="sha256").hexdigest()
