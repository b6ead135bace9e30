"""What must never be fetched: addresses inside a network, however they are written or hidden."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ingest.fetch import LOOPBACK, Fetched, Guard, Limits, fetch
from ingest.fetch.address import parse
from ingest.fetch.guard import is_public, resolve
from rag.errors import InputError, LoadError
from tests.ingest.site import Site, serving

LIMITS = Limits(max_bytes=1_000_000, total_s=10, stall_s=5)
WEB = frozenset({80, 443})


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as opened:
        yield opened


def names(**known: list[str]) -> Callable[[str, float], list[str]]:
    """A resolver that knows these names alone; `a_b` stands for `a.b`. Each is told once: asked again it fails."""
    left = {name.replace("_", "."): addresses for name, addresses in known.items()}

    def resolved(host: str, _timeout_s: float) -> list[str]:
        return left.pop(host)

    return resolved


def refusal(url: str, guard: Guard = Guard()) -> str:  # noqa: B008 - frozen
    with pytest.raises(InputError) as raised:
        fetch(url, into=Path("/nowhere"), limits=LIMITS, guard=guard)
    assert len(str(raised.value).splitlines()) == 1
    return str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://0x7f000001/", "http://2130706433/",
        "http://0177.0.0.1/", "http://127.0.0.1./", "http://[::1]/", "http://[::]/", "http://0/", "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/", "http://[64:ff9b::10.0.0.1]/", "http://[2002:7f00:1::]/", "http://[fd00:ec2::254]/",
        "http://169.254.169.254/latest/meta-data/", "http://10.1.2.3/", "http://192.168.0.1/", "http://172.31.0.1/",
        "http://100.100.100.200/", "http://168.63.129.16/", "http://224.0.0.1/", "http://255.255.255.255/",
        "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://[v1.x]/", "http://[::1/",
        "http://good@127.0.0.1/", "http://good:secret@example.org/", "http://127.0.0.1:80\\@example.org/",
        "http://example.org:80@127.0.0.1/", "http://127.0.0.1%2f@example.org/", "http://example.org\\@127.0.0.1/",
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:text/html,x", "javascript:alert(1)",
        "//example.org/", "example.org", "", "http://", "http:///path", "http:example.org", "http://example.org:22/",
        "http://example.org:0/", "http://example.org:99999/", "http://example.org:x/", "http://exa mple.org/",
        "http://exam\nple.org/", "http://exam\tple.org/", "http://example.org/\r\nX: y", "http://exam%00ple.org/",
        "http://-/", "http://a..b/", "http://" + "a" * 64 + ".org/", "http://example.org/" + "a" * 3000,
        "http://user\ud800@x.org/", "http://xn--a/", "http://exa_mple!.org/", "https://example.org:8443/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str):
    def nobody(host: str, _timeout_s: float) -> list[str]:
        raise AssertionError(f"{host!r} was looked up")

    sentence = refusal(url, Guard(resolve=nobody))
    assert "is not fetched" in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("HTTP://Example.ORG:80", "http://example.org/"),
        ("https://example.org:443/a?b#c", "https://example.org/a?b"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://例え.jp./x", "https://xn--r8jz45g.jp/x"),
        ("http://example.org?q=a@b", "http://example.org/?q=a@b"),
        ("http://[2606:4700::0001]:80/", "http://[2606:4700::1]/"),
        ("  http://8.8.8.8/ \n", "http://8.8.8.8/"),
        ("http://example.org/a@b:c//d/../e", "http://example.org/a@b:c//d/../e"),
    ],
)
def test_addresses_as_they_are_read(url: str, read: str):
    assert str(parse(url, ports=WEB)) == read


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("172.32.0.1", True), ("100.128.0.1", True), ("192.0.1.1", True), ("2606:4700::1", True),
        ("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True), ("2a00:1450::1", True),
        ("172.16.0.1", False), ("100.64.0.1", False), ("192.0.0.192", False), ("198.19.255.255", False),
        ("240.0.0.1", False), ("239.1.1.1", False), ("203.0.113.9", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False), ("64:ff9b:1::808:808", False), ("2002:808:808::", False), ("2001::1", False),
        ("2001:db8::1", False), ("ff02::1", False), ("fc00::1", False), ("fe80::1", False), ("fec0::1", False),
        ("::", False), ("::1", False), ("::8.8.8.8", False), ("100::1", False), ("3fff::1", False), ("5f00::1", False),
    ],
)  # fmt: skip
def test_what_is_public(address: str, public: bool):
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    "closed", ["127.0.0.1", "10.0.0.5", "::1", "fe80::1%eth0", "::ffff:192.168.1.1", "169.254.169.254"]
)
def test_one_private_address_among_public_ones_is_enough(closed: str):
    for addresses in ([closed], ["93.184.216.34", closed], [closed, "93.184.216.34"]):
        guard = Guard(resolve=names(rebind_example=addresses))
        assert "rebind.example" in refusal("http://rebind.example/", guard)


@pytest.mark.parametrize(
    ("addresses", "named"),
    [
        (["::1"], "::1/128"), (["127.0.0.2"], "127.0.0.0/8"), (["::1", "127.0.0.1"], "::1/128 127.0.0.0/8"),
        (["192.168.0.7"], "192.168.0.7/32"), (["fd12::7"], "fd12::7/128"),
    ],
)  # fmt: skip
def test_the_network_to_open_is_that_of_the_address_that_was_refused(addresses: list[str], named: str):
    sentence = refusal("http://own.example/", Guard(resolve=names(own_example=addresses)))
    assert f"for a server of your own add {named} to FOOTNOTE_FETCH_NETWORKS" in sentence
    opened = tuple(map(ip_network, named.split()))
    assert Guard(allowed=opened, resolve=names(own_example=addresses)).checked("own.example", 1) == addresses


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "100.100.100.200", "fd00:ec2::254", "168.63.129.16", "64:ff9b::a9fe:a9fe"]
)
@pytest.mark.parametrize("port", [80, 8080])
def test_nobody_is_invited_to_open_what_is_no_server_of_ones_own(address: str, port: int):
    host = f"[{address}]" if ":" in address else address
    assert "FOOTNOTE_FETCH" not in refusal(f"http://{host}:{port}/")


def test_a_port_is_opened_together_with_the_network():
    assert refusal("http://[::1]:8080/").endswith("to FOOTNOTE_FETCH_PORTS, and ::1/128 to FOOTNOTE_FETCH_NETWORKS.")


def test_a_name_without_addresses_is_refused():
    assert "nowhere" in refusal("http://empty.example/", Guard(resolve=names(empty_example=[])))


def test_the_checked_address_is_the_one_connected_to(site: Site, tmp_path: Path):
    """A name that no system knows is reached, so nobody looks it up a second time; the site is told the name."""
    asked: list[str] = []

    def first_good_then_evil(host: str, _timeout_s: float) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) <= 2 else ["10.0.0.1"]  # once for the rules of the site, once for the page

    guard = Guard(ports=frozenset({site.port}), allowed=LOOPBACK, resolve=first_good_then_evil)
    site.page("/a")
    url = site.url("/a", host="pinned.invalid")
    found = fetch(url, into=tmp_path, limits=LIMITS, guard=guard)
    assert isinstance(found, Fetched)
    assert asked == ["pinned.invalid"] * 2
    assert site.asked[-1][1]["host"] == f"pinned.invalid:{site.port}"
    with pytest.raises(InputError, match=r"10\.0\.0\.1"):
        fetch(url, into=tmp_path, limits=LIMITS, guard=guard)


def test_an_address_that_does_not_answer_is_followed_by_the_next(site: Site, tmp_path: Path):
    guard = Guard(ports=frozenset({site.port}), allowed=LOOPBACK, resolve=lambda *_: ["127.0.0.9", "127.0.0.1"])
    found = fetch(site.page("/a").replace("127.0.0.1", "two.invalid"), into=tmp_path, limits=LIMITS, guard=guard)
    assert isinstance(found, Fetched)


@pytest.mark.parametrize(
    "to",
    ["http://127.0.0.2:{port}/secret", "//127.0.0.2:{port}/secret", "http://inside.invalid:{port}/secret",
     "http://2130706434:{port}/secret", "http://[::ffff:127.0.0.2]:{port}/secret", "http://127.0.0.1:1/secret",
     "http://x@127.0.0.1:{port}/secret", "file:///etc/passwd", "http://127.0.0.1:{port}\\@x/secret"],
)  # fmt: skip
@pytest.mark.parametrize("rules", [False, True])
def test_redirects_are_checked_like_the_first_address(site: Site, tmp_path: Path, to: str, rules: bool):
    """127.0.0.1 plays the open Internet here, and 127.0.0.2 what is inside. The file of rules may redirect, too."""
    guard = Guard(
        ports=frozenset({site.port}),
        allowed=(ip_network("127.0.0.1/32"),),
        resolve=lambda *_: ["127.0.0.2"],
    )
    site.page("/secret")
    site.page("/a")
    site.moved("/robots.txt" if rules else "/a", to.format(port=site.port))
    with pytest.raises(InputError) as raised:
        fetch(site.url("/a"), into=tmp_path, limits=LIMITS, guard=guard)
    assert str(raised.value).startswith(f"'{site.url('/a')}' ")
    assert "/secret" not in site.paths()
    assert not list(tmp_path.iterdir())


def certified(folder: Path, host: str) -> Path:
    """A file with a fresh key and a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(key.private_bytes(*form) + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_tls_checks_the_name_though_the_address_is_pinned(tmp_path: Path):
    certificate = certified(tmp_path, "pinned.invalid")
    told = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    told.load_cert_chain(certificate)
    named: list[str | None] = []
    told.sni_callback = lambda _socket, name, _context: named.append(name)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with serving(told) as site:
        site.page("/a")
        site.moved("/down", "http://pinned.invalid/a")
        guard = Guard(ports=frozenset({site.port, 80}), allowed=LOOPBACK, resolve=lambda *_: ["127.0.0.1"])

        def ask(host: str, path: str, context: ssl.SSLContext | None) -> object:
            url = site.url(path, host=host, scheme="https")
            return fetch(url, into=tmp_path / "page", limits=LIMITS, guard=guard, context=context)

        assert isinstance(ask("pinned.invalid", "/a", trusting), Fetched)
        assert set(named) == {"pinned.invalid"}
        with pytest.raises(LoadError, match="certificate that is not trusted"):
            ask("pinned.invalid", "/a", None)
        with pytest.raises(LoadError, match="not valid for 'other.invalid'"):
            ask("other.invalid", "/a", trusting)
        with pytest.raises(InputError, match="without encryption"):
            ask("pinned.invalid", "/down", trusting)


def test_the_systems_resolver():
    assert "127.0.0.1" in resolve("localhost", 5) or "::1" in resolve("localhost", 5)
    with pytest.raises(LoadError, match="not found"):
        resolve("no-such-host.invalid", 5)
    with pytest.raises(LoadError, match="not found"):
        resolve("x" * 300, 5)
