"""One request to exactly the address that was looked at: real sockets, limits in time and size, no redirects."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.connectors.guard import Guard, Host
from app.connectors.sending import Limits, Sender
from engine import ConnectorFailed
from tests.app.connectors.conftest import LOOPBACK, NAME, Receiver

pytestmark = pytest.mark.loopback

SOON = Limits(seconds=0.3, size=10_000)
MARGIN = 10  # times the limit: what is measured is whether there is one


def refused(sender: Sender, url: str) -> str:
    with pytest.raises(ConnectorFailed) as caught:
        sender.send("GET", url, None, {})
    return str(caught.value)


def test_the_request_goes_to_the_address_under_the_name(receiver: Receiver):
    answer = Sender(receiver.guard()).send("POST", f"{receiver.url}/orders?x=1", b"{}", {"X-Key": "7"})
    assert (answer.status, answer.body, answer.content_type) == (200, b'{"ok": true}', "application/json")
    (asked,) = receiver.asked
    assert (asked.method, asked.path, asked.body, asked.headers["x-key"]) == ("POST", "/orders?x=1", b"{}", "7")
    assert asked.headers["host"] == f"{NAME}:{receiver.port}"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254"])
def test_a_server_of_this_machine_is_never_reached(receiver: Receiver, address: str):
    sender = Sender(receiver.guard(networks=(), resolve=lambda _name, _port: [address]))
    assert "which is not public" in refused(sender, receiver.url)
    assert receiver.asked == []


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
def test_a_name_server_that_answers_differently_the_second_time_is_asked_once(receiver: Receiver):
    """DNS rebinding: first an address that is permitted, where nobody listens, then that of the server on this machine."""
    answers = iter(["127.0.0.2", "127.0.0.1"])
    guard = receiver.guard(networks=(ipaddress.ip_network("127.0.0.2/32"),), resolve=lambda _name, _port: [next(answers)])
    assert "could not be reached" in refused(Sender(guard), receiver.url)
    assert receiver.asked == []
    assert list(answers) == ["127.0.0.1"]
    again = receiver.guard(networks=(ipaddress.ip_network("127.0.0.2/32"),))
    assert "which is not public" in refused(Sender(again), receiver.url)


def test_a_redirect_is_handed_back_and_not_followed(receiver: Receiver):
    receiver.answer = lambda _asked: (302, {"Location": f"http://127.0.0.1:{receiver.port}/inside"}, b"")
    assert Sender(receiver.guard()).send("GET", receiver.url, None, {}).status == 302
    assert [it.path for it in receiver.asked] == ["/"]


def test_an_answer_that_is_too_large_is_not_read(receiver: Receiver):
    receiver.answer = lambda _asked: (200, {}, b"x" * 10_001)
    assert refused(Sender(receiver.guard(), SOON), receiver.url) == f"the answer of {NAME} has more than 10000 bytes"
    receiver.answer = lambda _asked: (200, {}, b"x" * 10_000)
    assert len(Sender(receiver.guard(), SOON).send("GET", receiver.url, None, {}).body) == 10_000


@contextmanager
def listening(serve: object) -> Iterator[int]:
    """A socket that talks to whoever connects as `serve` does."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                peer, _ = server.accept()
                with peer, suppress(OSError):
                    serve(peer)

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def local(port: int, scheme: str = "http") -> tuple[Sender, str]:
    guard = Guard(frozenset({Host(scheme, NAME, port)}), LOOPBACK, lambda _name, _port: ["127.0.0.1"])
    return Sender(guard, SOON), f"{scheme}://{NAME}:{port}/"


def silence(peer: socket.socket) -> None:
    while peer.recv(1000):
        pass


def drip_headers(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        peer.sendall(b"X-More: and more\r\n")
        time.sleep(0.02)


def drip_body(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
    while True:
        peer.sendall(b"x")
        time.sleep(0.02)


@pytest.mark.parametrize("serve", [silence, drip_headers, drip_body])
def test_who_hangs_or_drips_is_cut_off_when_the_time_is_over(serve: object):
    with listening(serve) as port:
        began = time.monotonic()
        said = refused(*local(port))
        assert time.monotonic() - began < SOON.seconds * MARGIN
    assert said in {f"{NAME} did not answer within 0.3 seconds", f"{NAME} could not be reached: got more than 100 headers"}


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nx", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 100_000])
def test_what_is_no_answer_is_a_failure(said: bytes):
    with listening(lambda peer: (peer.recv(1000), peer.sendall(said))) as port:
        assert "could not be reached" in refused(*local(port))


def test_where_nobody_listens_is_told_without_the_address():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    said = refused(*local(port))
    assert (said, "127.0.0.1" in said) == (f"{NAME} could not be reached: Connection refused", False)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + dt.timedelta(days=1)).sign(key, hashes.SHA256())
    pem = tmp_path / "both.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    heard: list[bytes] = []

    def serve(peer: socket.socket) -> None:
        with context.wrap_socket(peer, server_side=True) as secure:
            heard.append(secure.recv(1000))

    with listening(serve) as port:
        assert "certificate verify failed" in refused(*local(port, "https"))
    assert heard == []
