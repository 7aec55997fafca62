from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from secrets import token_bytes
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.translation import gettext_noop as _
from nacl import pwhash
from nacl.exceptions import CryptoError

SALT_BYTES = pwhash.argon2id.SALTBYTES
HASH_BYTES = 32

# One thread of a process does all its hashing: sign-ins cannot take the machine from all other requests.
hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")


class Argon2Hasher(BasePasswordHasher):
    """Argon2id in a profile of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.

    libsodium uses what the processor has, and gives the memory back after each hash. What is stored
    is as Django's own hasher stores it, salts included: unpadded Base64.
    """

    algorithm = "argon2"

    time_cost = 2
    # KiB.
    memory_cost = 19456

    def salt(self) -> str:
        return unpadded(token_bytes(SALT_BYTES))

    def encode(self, password: str, salt: str) -> str:
        raw = hashing.submit(
            pwhash.argon2id.kdf,
            HASH_BYTES,
            password.encode(),
            b64decode(salt + "=="),
            self.time_cost,
            self.memory_cost * 1024,
        ).result()
        return f"{self.profile}{salt}${unpadded(raw)}"

    @property
    def profile(self) -> str:
        """What each new hash begins with."""
        return f"{self.algorithm}$argon2id$v=19$m={self.memory_cost},t={self.time_cost},p=1$"

    def verify(self, password: str, encoded: str) -> bool:
        known = encoded.removeprefix(self.algorithm).encode()
        try:
            return hashing.submit(pwhash.verify, known, password.encode()).result()
        except CryptoError:
            return False

    def must_update(self, encoded: str) -> bool:
        return not encoded.startswith(self.profile)

    def decode(self, encoded: str) -> dict[str, Any]:
        names = ("algorithm", "variety", "version", "costs", "salt", "hash")
        return dict(zip(names, encoded.split("$"), strict=True))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("variety"): decoded["variety"],
            _("version"): decoded["version"],
            _("costs"): decoded["costs"],
            _("salt"): mask_hash(decoded["salt"]),
            _("hash"): mask_hash(decoded["hash"]),
        }

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing, as Django's own: the time of a profile cannot be made up for by rounds."""


def unpadded(raw: bytes) -> str:
    return b64encode(raw).decode().rstrip("=")
