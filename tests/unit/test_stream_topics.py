"""Topics: names, partitions and retention are what consumers were promised."""

import pytest

from ingest.stream.topics import Topics, partition_of

LABELS = ("security-cooperation", "consular", "flights")


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"abc", 479470107),
    ],
)
def test_keys_fall_where_the_java_client_puts_them(key: bytes, hashed: int) -> None:
    """The hashes are those of Kafka's own murmur2, which its unit tests state."""
    assert partition_of(key, 12) == (hashed & 0x7FFFFFFF) % 12


def test_every_topic_is_created_and_named_under_the_namespace() -> None:
    names = [spec.name for spec in Topics("rasad").specs(LABELS)]

    assert names == [
        "rasad.entries.v1",
        "rasad.feed-state.v1",
        "rasad.feed-control.v1",
        "rasad.articles.v1",
        "rasad.consular.v1",
        "rasad.flights.v1",
        "rasad.security-cooperation.v1",
        "rasad.article-state.v1",
        "rasad.heartbeats.v1",
        "rasad.dead-letters.v1",
    ]


def test_state_topics_are_compacted_and_all_take_the_brokers_time() -> None:
    specs = {spec.name: spec for spec in Topics("x").specs(LABELS, 6)}

    assert {spec.partitions for spec in specs.values()} == {6}
    assert {spec.config["message.timestamp.type"] for spec in specs.values()} == {"LogAppendTime"}
    compacted = {name for name, spec in specs.items() if spec.config["cleanup.policy"] == "compact"}
    assert compacted == {"x.feed-state.v1", "x.article-state.v1"}
    assert specs["x.dead-letters.v1"].config["retention.ms"] == str(180 * 24 * 3600 * 1000)
