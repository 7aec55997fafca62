from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

# One thread of a process does all its hashing: of each thread that hashes 19 MiB stay with the process.
hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id in a profile of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""

    time_cost = 2
    # KiB.
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        encoded: str = hashing.submit(super().encode, password, salt).result()
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        try:
            return hashing.submit(super().verify, password, encoded).result()
        except ValueError:
            # A damaged hash fits no password.
            return False

    def must_update(self, encoded: str) -> bool:
        # Django would also replace the salts of 16 random bytes that were written before: signing in
        # signs the other devices of that user out.
        profile = f"{self.algorithm}$argon2id$v=19$m={self.memory_cost},t={self.time_cost},p=1$"
        return not encoded.startswith(profile)
