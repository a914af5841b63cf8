"""What one call to the outside may do: once resolved, to that address, no redirects, within size and time."""

import datetime
import http.server
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kernel import egress


class Peer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.seen.append((self.path, dict(self.headers), self.rfile.read(length), self.client_address))
        self.server.answer(self)

    do_GET = do_POST

    def log_message(self, *_):
        pass


def says(status, body=b"", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def peer(answer, settings, context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    server.seen, server.answer, server.daemon_threads = [], answer, True
    server.port = server.server_address[1]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    settings.EGRESS_ALLOW = [f"127.0.0.1:{server.port}", f"shop.example:{server.port}"]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def failed(session, url):
    with pytest.raises(egress.EgressFailed) as failure:
        session.get(url)
    return failure.value


def test_a_call_brings_status_headers_and_body(settings):
    with peer(says(202, b"taken", Retry_After="7"), settings) as server, egress.Session() as session:
        answer = session.post(f"http://127.0.0.1:{server.port}/hook?a=1", b"{}", {"X-Kind": "test"})
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (202, b"taken", "7")
    path, headers, body, _ = server.seen[0]
    assert (path, body, headers["X-Kind"], headers["Host"]) == ("/hook?a=1", b"{}", "test", f"127.0.0.1:{server.port}")


def test_a_redirect_is_an_answer_and_is_not_followed(settings):
    with peer(says(307, Location="http://169.254.169.254/"), settings) as server, egress.Session() as session:
        assert session.get(f"http://127.0.0.1:{server.port}/").status == 307
    assert len(server.seen) == 1


def test_a_name_is_resolved_once_and_the_connection_kept(settings, monkeypatch):
    asked = []

    def resolve(host, port, *args, **kwargs):
        asked.append(host)
        # A second question would get another answer: the trap of DNS rebinding.
        address = host if host == "127.0.0.1" else "127.0.0.1" if asked.count(host) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with peer(says(200), settings) as server, egress.Session() as session:
        for _ in range(3):
            assert session.get(f"http://shop.example:{server.port}/").status == 200
    assert asked.count("shop.example") == 1
    assert len({address for *_, address in server.seen}) == 1
    assert server.seen[0][1]["Host"] == f"shop.example:{server.port}"


def test_a_proxy_of_the_environment_is_not_used(settings, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with peer(says(200), settings) as server, egress.Session() as session:
        assert session.get(f"http://127.0.0.1:{server.port}/").status == 200


def test_an_answer_that_is_too_long_is_an_error(settings):
    with peer(says(200, b"x" * 2000), settings) as server, egress.Session(max_answer=1000) as session:
        failure = failed(session, f"http://127.0.0.1:{server.port}/")
    assert failure.sent is True


def trickle(handler):
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000:
        try:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        except OSError:
            break
        time.sleep(0.05)
    handler.close_connection = True


def test_an_answer_that_trickles_ends_at_the_time_limit(settings):
    began = time.monotonic()
    with peer(trickle, settings) as server, egress.Session(time_limit=0.5) as session:
        failure = failed(session, f"http://127.0.0.1:{server.port}/")
    assert failure.sent is True
    assert time.monotonic() - began < 3


def test_a_silent_peer_ends_at_the_time_limit(settings):
    with peer(lambda handler: time.sleep(1), settings) as server, egress.Session(time_limit=0.2) as session:
        failure = failed(session, f"http://127.0.0.1:{server.port}/")
    assert failure.sent is True


def test_where_nobody_listens_nothing_was_sent(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EGRESS_ALLOW = [f"127.0.0.1:{port}"]
    with egress.Session() as session:
        failure = failed(session, f"http://127.0.0.1:{port}/")
    assert failure.sent is False


def certificate(folder, *, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day, now = datetime.timedelta(days=1), datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now - day, now + day
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = builder.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def leads_home(monkeypatch):
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *args, **kwargs: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )


def test_the_certificate_must_be_the_names_though_an_address_is_called(settings, monkeypatch, tmp_path):
    context, asked = certificate(tmp_path, name="shop.example"), []
    context.sni_callback = lambda opened, name, _: asked.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    leads_home(monkeypatch)
    with peer(says(200), settings, context) as server, egress.Session() as session:
        assert session.get(f"https://shop.example:{server.port}/").status == 200
    assert asked == ["shop.example"]


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
def test_anothers_certificate_is_refused_and_nothing_was_sent(settings, monkeypatch, tmp_path, name):
    context = certificate(tmp_path, name=name)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    leads_home(monkeypatch)
    with peer(says(200), settings, context) as server, egress.Session() as session:
        failure = failed(session, f"https://shop.example:{server.port}/")
    assert failure.sent is False and server.seen == []


def test_a_certificate_nobody_vouches_for_is_refused(settings, monkeypatch, tmp_path):
    context = certificate(tmp_path, name="shop.example")
    leads_home(monkeypatch)
    with peer(says(200), settings, context) as server, egress.Session() as session:
        assert failed(session, f"https://shop.example:{server.port}/").sent is False


@pytest.mark.parametrize("text", ["100.63.255.255", "172.32.0.1", "11.0.0.1", "2a00::1"])
def test_neighbours_of_special_ranges_are_global(text):
    assert egress.is_global(ipaddress.ip_address(text))
