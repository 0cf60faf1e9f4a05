"""Requests of a customer of the simulation: over httpx, to one web process after the other."""

import itertools
from typing import Any

import httpx

from loadtests.buyer import NO_ANSWER, Answer

TIMEOUT_S = 6.0


class HttpSend:
    """A `loadtests.buyer.Send`. Each attempt goes to the next of `base_urls`."""

    def __init__(self, base_urls: list[str], first: int = 0) -> None:
        self._client = httpx.Client(timeout=TIMEOUT_S, trust_env=False)
        turns = itertools.cycle(base_urls)
        self._base_urls = itertools.islice(turns, first % len(base_urls), None)

    def __call__(
        self,
        method: str,
        url: str,
        name: str,
        *,
        json: Any = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        if url.startswith("/"):
            url = next(self._base_urls) + url
        try:
            answer = self._client.request(method, url, json=json, data=form, headers=headers)
            body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        except (httpx.HTTPError, ValueError):
            return Answer(NO_ANSWER, {})
        return Answer(answer.status_code, body)

    def get(self, path: str) -> httpx.Response:
        """Raises httpx.HTTPError."""
        return self._client.get(next(self._base_urls) + path)

    def close(self) -> None:
        self._client.close()
