"""The address policy, numeric hosts, dialling order and the system's resolver."""

import socket
import threading
import time

import pytest

from ingest.fetch.addresses import (
    AddressKind,
    ResolutionError,
    SystemResolver,
    address_kind,
    canonical_ipv4,
    dial_order,
    may_dial,
)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("8.8.8.8", AddressKind.PUBLIC),
        ("185.143.233.5", AddressKind.PUBLIC),
        ("2a01:4f8::1", AddressKind.PUBLIC),
        ("0.0.0.0", AddressKind.UNSPECIFIED),
        ("127.0.0.1", AddressKind.LOOPBACK),
        ("127.255.255.255", AddressKind.LOOPBACK),
        ("10.10.34.34", AddressKind.PRIVATE),
        ("172.16.0.1", AddressKind.PRIVATE),
        ("172.32.0.1", AddressKind.PUBLIC),
        ("192.168.1.1", AddressKind.PRIVATE),
        ("100.64.0.1", AddressKind.SHARED),
        ("100.128.0.1", AddressKind.PUBLIC),
        ("169.254.169.254", AddressKind.LINK_LOCAL),
        ("224.0.0.1", AddressKind.MULTICAST),
        ("255.255.255.255", AddressKind.RESERVED),
        ("198.18.0.1", AddressKind.RESERVED),
        ("192.0.2.1", AddressKind.RESERVED),
        ("::", AddressKind.UNSPECIFIED),
        ("::1", AddressKind.LOOPBACK),
        ("fd00:ec2::254", AddressKind.PRIVATE),
        ("fe80::1%eth0", AddressKind.LINK_LOCAL),
        ("fec0::1", AddressKind.RESERVED),
        ("ff02::1", AddressKind.MULTICAST),
        ("2001:db8::1", AddressKind.RESERVED),
        ("2001::1", AddressKind.RESERVED),
        ("::ffff:127.0.0.1", AddressKind.LOOPBACK),
        ("::ffff:8.8.8.8", AddressKind.PUBLIC),
        ("::127.0.0.1", AddressKind.RESERVED),
        ("64:ff9b::10.0.0.1", AddressKind.PRIVATE),
        ("64:ff9b::8.8.8.8", AddressKind.PUBLIC),
        ("64:ff9b:1::1", AddressKind.RESERVED),
        ("2002:7f00:1::", AddressKind.LOOPBACK),
        ("2002:808:808::1", AddressKind.PUBLIC),
    ],
)
def test_n12_every_address_has_its_kind(address: str, kind: AddressKind) -> None:
    assert address_kind(address) is kind
    assert may_dial(address, allow_private=False) is (kind is AddressKind.PUBLIC)


@pytest.mark.parametrize(
    ("address", "allowed"), [("127.0.0.1", True), ("169.254.169.254", True), ("224.0.0.1", False), ("ff02::1", False)]
)
def test_leave_for_private_addresses_covers_all_but_groups(address: str, allowed: bool) -> None:
    assert may_dial(address, allow_private=True) is allowed


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F000001", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        ("10.1", "10.0.0.1"),
        ("999.1.1.1", None),
        ("1.2.3.4.5", None),
        ("0xg", None),
        ("feeds.example", None),
        ("1.2.3.4x", None),
        ("", None),
        ("4294967296", None),
    ],
)
def test_n12_numeric_hosts_are_brought_to_one_form(host: str, address: str) -> None:
    assert canonical_ipv4(host) == address


def test_families_alternate_from_the_first_and_repeats_are_dropped() -> None:
    order = dial_order(["::1", "::2", "::1", "1.1.1.1", "::3", "2.2.2.2"])

    assert order == ("::1", "1.1.1.1", "::2", "2.2.2.2", "::3")
    assert dial_order([]) == ()
    assert len(dial_order(f"1.1.1.{number}" for number in range(50))) == 6


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.".lower(), "feeds.localhost"])
def test_localhost_is_loopback_without_asking(host: str) -> None:
    assert SystemResolver().resolve(host, 1) == ("127.0.0.1", "::1")


def test_a_literal_is_its_own_answer() -> None:
    assert SystemResolver().resolve("192.0.2.1", 1) == ("192.0.2.1",)
    assert SystemResolver().resolve("2001:db8::1", 1) == ("2001:db8::1",)


def test_answers_of_the_system_are_returned_in_order_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2001:db8::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    assert SystemResolver().resolve("feeds.example", 1) == ("2001:db8::1", "192.0.2.1")


@pytest.mark.parametrize(
    ("error", "temporary"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "try again"), True),
        (socket.gaierror(socket.EAI_NONAME, "not known"), False),
        (OSError("no descriptors"), False),
    ],
)
def test_n15_a_temporary_fault_of_the_resolver_is_told_from_a_missing_name(
    monkeypatch: pytest.MonkeyPatch, error: OSError, temporary: bool
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", failing)

    with pytest.raises(ResolutionError) as refused:
        SystemResolver().resolve("feeds.example", 1)

    assert refused.value.temporary is temporary


def test_a_label_no_name_server_takes_is_no_name() -> None:
    with pytest.raises(ResolutionError):
        SystemResolver().resolve("a" * 64 + ".invalid", 5)


def test_a_look_up_that_hangs_is_left_behind_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer.wait(10) and [])
    resolver = SystemResolver(max_pending=1)
    started = time.monotonic()

    for _ in range(2):
        with pytest.raises(ResolutionError) as refused:
            resolver.resolve("feeds.example", 0.1)
        assert refused.value.temporary

    assert time.monotonic() - started < 2
    answer.set()
    assert resolver.resolve("feeds.example", 5) == ()


def test_a_look_up_that_gets_no_thread_takes_no_place_of_the_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a moment without threads would cost the process its resolver for good, place by place."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    resolver = SystemResolver(max_pending=1)

    def refused_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", refused_thread)
        with pytest.raises(ResolutionError) as refused:
            resolver.resolve("feeds.example", 1)

    assert refused.value.temporary
    assert resolver.resolve("feeds.example", 1) == ()
