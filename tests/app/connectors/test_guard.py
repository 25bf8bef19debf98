"""The guard of what goes out: only hosts of the list, only public addresses, only the address that was looked at (ASVS 1.3.6)."""

from __future__ import annotations

import ipaddress

import pytest

from app.connectors.guard import Guard, Host, read_host
from engine import ConnectorFailed

PUBLIC = "93.184.216.34"
API = Host("https", "api.example.com", 443)


def guard(*addresses: str, networks: tuple[str, ...] = ()) -> Guard:
    return Guard(frozenset({API}), tuple(ipaddress.ip_network(it) for it in networks), lambda _name, _port: addresses)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "169.254.169.254", "10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1", "0.0.0.0", "255.255.255.255",  # noqa: S104
        "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address: str):
    with pytest.raises(ConnectorFailed, match="which is not public"):
        guard(address).check("https://api.example.com/")


def test_one_address_that_is_not_public_refuses_all():
    with pytest.raises(ConnectorFailed, match=r"has the address 10\.0\.0\.1, which is not public"):
        guard(PUBLIC, "10.0.0.1").check("https://api.example.com/")


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_a_public_address_is_the_one_that_is_connected_to(address: str):
    found = guard(address).check("https://API.Example.com./orders/7?full=yes#top")
    assert (found.host, found.path) == (API, "/orders/7?full=yes")
    assert ipaddress.ip_address(found.address) == ipaddress.ip_address(address)


def test_a_network_that_is_named_is_permitted_and_no_other():
    assert guard("10.20.3.4", networks=("10.20.0.0/16",)).check("https://api.example.com").address == "10.20.3.4"
    with pytest.raises(ConnectorFailed):
        guard("10.21.3.4", networks=("10.20.0.0/16",)).check("https://api.example.com")
    assert guard("::ffff:10.20.3.4", networks=("10.20.0.0/16",)).check("https://api.example.com").address == "::ffff:a14:304"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/", "https://api.example.com:8443/", "https://example.com/", "https://api.example.com.evil.example/",
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/", "https://localhost/", "https://2130706433/",
    ],
)  # fmt: skip
def test_a_host_that_is_not_on_the_list_is_not_even_looked_up(url: str):
    def never(_name: str, _port: int) -> list[str]:
        raise AssertionError

    with pytest.raises(ConnectorFailed, match="may not be called: CROSSDESK_CONNECTOR_HOSTS does not name it"):
        Guard(frozenset({API}), (), never).check(url)


def test_without_a_list_nobody_is_called():
    with pytest.raises(ConnectorFailed, match=r"^api.example.com may not be called"):
        Guard().check("https://api.example.com/")


@pytest.mark.parametrize(
    "url",
    [
        "", "api.example.com", "//api.example.com/", "ftp://api.example.com/", "file:///etc/passwd", "https://", "https:///x",
        "https://user@api.example.com/", "https://user:word@api.example.com/", "https://api.example.com:99999/",
        "https://api.example.com/a b", "https://api.example.com/\r\nHost: x", "https://api.example.com/ü", " https://api.example.com/",
        "https://api.example.com:x/", "https://[::1/", "https://api.exa\u200bmple.com/",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str):
    with pytest.raises(ConnectorFailed, match="no address that a connector can call"):
        guard(PUBLIC).check(url)


def test_a_name_that_nobody_knows_is_told():
    def unknown(_name: str, _port: int) -> list[str]:
        raise OSError

    with pytest.raises(ConnectorFailed, match=r"the host api.example.com has no address"):
        Guard(frozenset({API}), (), unknown).check("https://api.example.com/")
    with pytest.raises(ConnectorFailed, match="has no address"):
        guard().check("https://api.example.com/")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("api.example.com", API),
        (" API.Example.com ", API),
        ("https://api.example.com", API),
        ("api.example.com:8443", Host("https", "api.example.com", 8443)),
        ("http://erp.example.com:8080", Host("http", "erp.example.com", 8080)),
        ("bücher.example", Host("https", "xn--bcher-kva.example", 443)),
    ],
)
def test_an_entry_of_the_list_names_a_scheme_a_host_and_a_port(text: str, host: Host):
    assert read_host(text) == host


@pytest.mark.parametrize("text", ["", "ftp://x", "a/b", "https://a/b", "u@a", "a:b", "a:99999", "a?b"])
def test_an_entry_that_is_none_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        read_host(text or "/")
