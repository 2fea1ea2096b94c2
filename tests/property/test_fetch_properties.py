"""What must hold for every address, header, body and schedule, not only for the ones that were thought of."""

import gzip
import ipaddress
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.addresses import IPAddress, canonical_ipv4, dial_order, may_dial
from ingest.fetch.decoding import decode_body
from ingest.fetch.network import FetchError
from ingest.fetch.outcome import Outcome, Reason
from ingest.fetch.politeness import HostGate
from ingest.fetch.redact import redact
from ingest.fetch.response import MAX_DELTA_SECONDS, ResponseHead

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HEADERS = st.sampled_from(
    ["Retry-After", "Cache-Control", "Expires", "Date", "Age", "ETag", "Last-Modified", "Content-Length", "Location"]
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.from_regex(rb"\A[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,5} [0-9:]{1,9} [-+A-Z0-9]{0,6}\Z"),
    st.from_regex(rb"\A(max-age|s-maxage|no-cache)=?[0-9]{0,30}\Z"),
)
CAP = 4_096


@given(st.ip_addresses())
def test_no_address_is_dialled_that_the_standard_library_holds_for_private(address: IPAddress) -> None:
    allowed = may_dial(str(address), allow_private=False)

    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    nat64 = address in ipaddress.ip_network("64:ff9b::/96")
    assert not allowed or nat64 or (inner.is_global and not inner.is_multicast)


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_ipv4_address_is_the_same_address(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    spellings = [str(number), hex(number), f"0{number:o}", str(address), f"{address}."]

    assert {canonical_ipv4(spelling) for spelling in spellings} == {str(address)}


@given(st.lists(st.ip_addresses().map(str)))
def test_dialling_order_invents_no_address_and_keeps_the_first(addresses: list[str]) -> None:
    order = dial_order(addresses)

    assert set(order) <= set(addresses)
    assert len(order) == len(set(order))
    assert not addresses or order[0] == addresses[0]


@given(st.integers(200, 999), st.lists(st.tuples(HEADERS.map(str.encode), VALUES), max_size=8))
def test_no_header_makes_a_question_raise_or_answer_outside_its_range(
    status: int, headers: list[tuple[bytes, bytes]]
) -> None:
    head = ResponseHead(status, tuple(headers), NOW)

    for seconds in (head.retry_after(), head.max_age()):
        assert seconds is None or 0 <= seconds <= MAX_DELTA_SECONDS
    outcome, reason = head.verdict()
    assert isinstance(outcome, Outcome)
    assert isinstance(reason, Reason)
    validators = head.validators("http://a.example/")
    for value, name in ((validators.etag, "etag"), (validators.last_modified, "last-modified")):
        assert value is None or value.encode("latin-1") == head.raw(name)


@given(st.binary(max_size=CAP), st.sampled_from(["gzip", "deflate", None, "br"]))
def test_any_bytes_decode_within_the_cap_or_are_refused(body: bytes, encoding: str | None) -> None:
    try:
        decoded = decode_body(body, encoding, CAP)
    except FetchError as error:
        decoded = b""
        refused_as: Reason | None = error.reason
    else:
        refused_as = None

    assert refused_as in {None, Reason.DECODE, Reason.TOO_LARGE}
    assert len(decoded) <= CAP


@given(st.binary(max_size=2 * CAP).map(lambda data: b"<" + data), st.sampled_from([gzip.compress, zlib.compress]))
def test_what_was_compressed_comes_back_unless_it_is_over_the_cap(
    body: bytes, compress: Callable[[bytes], bytes]
) -> None:
    encoding = "gzip" if compress is gzip.compress else "deflate"
    if len(body) > CAP:
        with pytest.raises(FetchError) as refused:
            decode_body(compress(body), encoding, CAP)
        assert refused.value.reason is Reason.TOO_LARGE
    else:
        assert decode_body(compress(body), encoding, CAP) == body


@given(st.binary(min_size=1, max_size=CAP), st.data())
def test_a_gzip_stream_cut_anywhere_is_never_taken_for_whole(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(b"<" + body)
    cut = data.draw(st.integers(3, len(packed) - 1))

    with pytest.raises(FetchError) as refused:
        decode_body(packed[:cut], "gzip", CAP)

    assert refused.value.reason is Reason.DECODE


@given(st.text(max_size=200))
def test_redaction_is_total_and_done_once(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


SECRETS = st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=6, max_size=30)


@given(SECRETS, SECRETS, st.sampled_from(["token", "apikey", "password", "X-Amz-Signature"]))
def test_a_planted_secret_never_survives(password: str, token: str, name: str) -> None:
    text = f"fetch http://user:pw{password}@a.example/rss?{name}=tk{token}&page=1 failed"

    cleaned = redact(text)

    assert f"pw{password}" not in cleaned
    assert f"tk{token}" not in cleaned
    assert "page=1" in cleaned


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["take", "release", "hold"]), st.floats(0, 3))))
def test_no_order_of_calls_lets_a_host_be_asked_too_soon(steps: list[tuple[str, str, float]]) -> None:
    gate = HostGate(min_gap_seconds=1.0)
    now = 0.0
    last_start: dict[str, float] = {}
    quiet_until: dict[str, float] = {}
    in_flight: set[str] = set()

    for host, step, pause in steps:
        now += pause
        free = gate.next_free(host, now)
        if step == "take" and gate.take(host, now):
            assert free == now
            assert host not in in_flight
            assert now >= last_start.get(host, -1.0) + 1.0
            assert now >= quiet_until.get(host, 0.0)
            in_flight.add(host)
            last_start[host] = now
        elif step == "take":
            assert free > now
        elif step == "release":
            in_flight.discard(host)
            gate.release(host, now)
        else:
            gate.hold(host, now, pause)
            quiet_until[host] = max(quiet_until.get(host, 0.0), now + pause)
