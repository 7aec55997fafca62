"""What every simulated visitor does: think, ask, and judge the response."""

from typing import Any

from locust import FastHttpUser, between


class Visitor(FastHttpUser):
    abstract = True
    # Seconds. Whoever waits for longer has gone elsewhere.
    network_timeout = connection_timeout = 10
    wait_time = between(1, 5)
    access: str | None = None

    def ask(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        keys: set[str] | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Any:
        """Return the parsed response, or None where its status or content is wrong: a failure."""
        sent = dict(headers or {})
        if self.access:
            sent["Authorization"] = f"JWT {self.access}"
        with self.client.request(
            method, path, headers=sent, catch_response=True, **options
        ) as response:
            error = getattr(response, "error", None)
            # Refused, reset or too slow; what has a status is a response.
            if error and not hasattr(error, "response"):
                response.failure(f"no response: {getattr(error, 'original', None) or error}")
                return None
            if response.status_code != status:
                response.failure(f"{response.status_code} instead of {status}")
                return None
            content = response.json()
            # Of a list, the first item speaks for all.
            sample = content[0] if isinstance(content, list) and content else content
            if keys and sample and not keys <= sample.keys():
                response.failure(f"without {', '.join(sorted(keys - sample.keys()))}")
                return None
            return content
