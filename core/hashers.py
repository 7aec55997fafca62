from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

# One thread of a process does all its hashing: the 19 MiB of a hash are then used again by the next one.
# Without it they stayed several times over in the memory of every process, 175 MB instead of 118.
hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id in a profile of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return hashing.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return hashing.submit(super().verify, password, encoded).result()
