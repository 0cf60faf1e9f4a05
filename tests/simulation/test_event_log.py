"""The event log loses nothing that it has acknowledged."""

import redis

from tests.fixtures.services import Services


def test_an_event_is_on_disk_before_the_log_acknowledges_it(services: Services) -> None:
    with redis.Redis.from_url(services.valkey.url, decode_responses=True) as client:
        kept = [client.config_get(name)[name] for name in ("appendonly", "appendfsync")]
    assert kept == ["yes", "always"]
