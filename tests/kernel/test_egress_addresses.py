"""Which addresses the platform calls, and which it refuses however they are spelled."""

import socket

import pytest

from kernel import egress

LOCAL = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.0x1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:1::]/",
    "https://[2001::1]/",
    "https://[2001:0:7f00:1::]/",
]
PRIVATE = [
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://192.0.0.1/",
    "https://192.0.0.170/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.19.255.255/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://239.255.255.255/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25lo]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[100::1]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[5f00::1]/",
]
MALFORMED = [
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "//example.com/",
    "example.com",
    "",
    "https://",
    "https:///path",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:port/",
    "https://exa mple.com/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/\r\nHost: other",
    "https://example.com/\x00",
    "https://exämple.com/",
    "https://①②⑦.⓪.⓪.①/",
    "https://[example.com]/",
    "https://[::1/",
    "https://[127.0.0.1]/",
    "https://-example.com/",
    "https://example..com/",
    "https://_example.com/",
    "https://1.2.3/",
    "https://1.2.3.4.5/",
    "https://example.0x7f/",
]


@pytest.mark.parametrize("url", LOCAL + PRIVATE + MALFORMED)
def test_what_is_not_on_the_public_internet_is_refused(url):
    with pytest.raises(egress.EgressRefused):
        egress.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://1.1.1.1/",
        "https://8.8.8.8:8443/x?y=z",
        "https://[2606:4700:4700::1111]/",
        "https://[2a00:1450::1]:444/",
    ],
)
def test_public_addresses_may_be_called(url):
    assert egress.resolve(egress.read_url(url))


def answers(monkeypatch, *addresses):
    asked = []

    def resolve(host, port, **kwargs):
        asked.append(host)
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_that_answers_with_a_public_and_a_private_address_is_refused(monkeypatch):
    answers(monkeypatch, "93.184.215.14", "10.0.0.1")
    with pytest.raises(egress.EgressRefused):
        egress.check("https://shop.example/")


def test_a_name_that_leads_to_a_link_local_scope_is_refused(monkeypatch):
    answers(monkeypatch, "fe80::1%eth0")
    with pytest.raises(egress.EgressRefused):
        egress.check("https://shop.example/")


def test_a_name_nobody_knows_fails_and_nothing_was_sent(monkeypatch):
    def resolve(host, port, **kwargs):
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(egress.EgressFailed) as failure:
        egress.check("https://nowhere.example/")
    assert failure.value.sent is False


def test_an_address_may_be_allowed_by_host_and_port_and_only_so(settings):
    settings.EGRESS_ALLOW = ["127.0.0.1:9000", "[::1]:9000"]
    egress.check("http://127.0.0.1:9000/")
    egress.check("http://[::1]:9000/")
    for url in ["http://127.0.0.1:9001/", "http://127.0.0.2:9000/", "http://127.1:9000/", "http://localhost:9000/"]:
        with pytest.raises(egress.EgressRefused):
            egress.check(url)


def test_the_refusal_names_the_host_and_the_remedy():
    with pytest.raises(egress.EgressRefused, match=r"10\.0\.0\.1 is not called.*public internet"):
        egress.check("https://10.0.0.1/")


def test_the_check_covers_sixty_ways_and_more():
    assert len(LOCAL + PRIVATE + MALFORMED) >= 60
