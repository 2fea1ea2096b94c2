"""Whatever stands on the control topic: it is counted, it stops nothing, and the offset moves past it."""

import json
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.event import ControlAction, TextPolicy
from ingest.feeds import Registry, Site
from ingest.fetch.outcome import Reason
from ingest.memory import Memory
from support.operating import with_controls
from support.polling import FEED, NOW, Polling, failure

texts = st.text(max_size=20) | st.sampled_from(["main", "site", "nobody", "\ud800", "news.example", "news.example:80"])
times = st.sampled_from(
    [
        NOW.isoformat(),
        (NOW + timedelta(days=1)).isoformat(),
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "2026-11-22T12:00:00",
        "x",
        7e300,
    ]
)
bodies: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"action": st.sampled_from([*ControlAction, "recheck"]) | texts, "site": texts, "issued_at": times},
    optional={"feed": texts | st.none(), "host": texts | st.none(), "until": times | st.none(), "reason": texts},
)
near = st.fixed_dictionaries(
    {"action": st.sampled_from(list(ControlAction)), "site": st.just("site"), "issued_at": times},
    optional={"feed": st.just("main"), "host": st.just("news.example"), "until": times, "reason": texts},
)
values = (bodies | near).map(lambda body: json.dumps(body).encode()) | st.binary(max_size=40) | st.none()
keys = st.sampled_from([b"site", b"other", b"\xff", None])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(keys, values), min_size=1, max_size=5))
def test_no_record_stops_a_fetcher_and_each_is_counted_once(records: list[tuple[bytes | None, bytes | None]]) -> None:
    polling = Polling((FEED,), lambda request: failure(request, Reason.CONNECT))
    site = Site("site", "خبر", ("news.example",), "fa", "Asia/Tehran", TextPolicy.FULL, None)
    polling.task.registry = Registry(MappingProxyType({"site": site}), polling.task.registry.feeds)
    topic = with_controls(polling)
    for key, value in records:
        topic.put(key, value)
    topic.ask(ControlAction.PAUSE)

    polling.look()

    counted = [
        sample.value
        for metric in polling.metrics.collect()
        for sample in metric.samples
        if sample.name == "rasad_control_records_total"
    ]
    committed = {record.key: record.value for record in polling.records if record.value and "state" in record.topic}
    assert sum(counted) == len(records) + 1
    assert Memory.restored(committed).control.next_offset == len(records) + 1
    assert Memory.restored(committed).feeds["main"].pause is not None
