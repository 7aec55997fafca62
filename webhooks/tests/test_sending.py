"""One request over a real socket: whom it reaches, how long it takes, what of the answer is read."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from webhooks import addresses
from webhooks.sending import ANSWER_LENGTH, Answer, post

from .receiver import answer, receiving

pytestmark = pytest.mark.once

NAME = "crm.example.com"


def send(url, seconds=5.0):
    return post(url, body=b'{"x":1}', headers={"webhook-id": "msg_1"}, seconds=seconds)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of NAME that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def secure_receiver(certificate, monkeypatch):
    """A receiver over TLS that every name leads to, as far as the shop resolves."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names = []
    context.sni_callback = lambda connection, name, _: names.append(name)
    with receiving(context) as receiver:
        receiver.names, receiver.looked_up = names, []

        def look_up(host, port, **options):
            receiver.looked_up.append(host)
            return [(socket.AF_INET, 1, 6, "", (receiver.host, port))]

        monkeypatch.setattr(addresses.socket, "getaddrinfo", resolving(look_up))
        yield receiver


def resolving(look_up):
    """Answer for names; addresses, which a connection resolves too, are the system's."""
    resolve = socket.getaddrinfo
    return lambda host, port, *args, **options: (
        resolve(host, port, *args, **options)
        if host[0].isdigit()
        else look_up(host, port, **options)
    )


class TestRefusals:
    def test_nobody_is_connected_to(self, receiver, settings):
        settings.WEBHOOK_TRUSTED_HOSTS = []
        for url in (receiver.url, f"https://127.0.0.1:{receiver.port}/", "https://127.0.0.1/"):
            assert send(url).error.startswith("Refused: It ")
        assert receiver.received == []

    def test_a_name_that_leads_inside_is_refused(self, secure_receiver):
        assert send(f"https://{NAME}/").error == "Refused: It leads into the inner network."
        assert secure_receiver.looked_up == [NAME]

    def test_a_redirect_is_not_followed(self, receiver):
        receiver.always(307, location=f"{receiver.url}/other")
        told = send(receiver.url)
        assert (told.status_code, told.error) == (307, "It redirects; the shop does not follow.")
        assert len(receiver.received) == 1

    def test_a_proxy_of_the_environment_is_not_asked(self, receiver, monkeypatch):
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9/")
        assert send(receiver.url).is_success

    def test_an_unknown_host_is_an_error(self, monkeypatch):
        def refuse(*args, **options):
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(addresses.socket, "getaddrinfo", refuse)
        assert send(f"https://{NAME}/").error == "gaierror: [Errno -2] Name or service not known"


class TestTLS:
    @pytest.fixture(autouse=True)
    def _trusted(self, secure_receiver, settings):
        names = [NAME, "other.example.com"]
        settings.WEBHOOK_TRUSTED_HOSTS = [f"{name}:{secure_receiver.port}" for name in names]

    def test_connects_to_the_checked_address_under_the_name(
        self, secure_receiver, certificate, monkeypatch
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert send(f"https://{NAME}:{secure_receiver.port}/a?b=c").is_success
        [request] = secure_receiver.received
        assert request.path == "/a?b=c"
        assert request.headers["host"] == f"{NAME}:{secure_receiver.port}"
        # Looked up once: what was checked is what is connected to.
        assert (secure_receiver.names, secure_receiver.looked_up) == ([NAME], [NAME])

    def test_the_certificate_of_another_name_is_refused(
        self, secure_receiver, certificate, monkeypatch
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        told = send(f"https://other.example.com:{secure_receiver.port}/")
        assert "Hostname mismatch" in told.error
        assert secure_receiver.received == []

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, secure_receiver):
        told = send(f"https://{NAME}:{secure_receiver.port}/")
        assert "CERTIFICATE_VERIFY_FAILED" in told.error
        assert secure_receiver.received == []


class TestTime:
    @pytest.fixture
    def hold(self):
        hold = Event()
        yield hold
        hold.set()

    def test_no_answer(self, receiver, hold):
        receiver.respond = lambda handler, request: hold.wait(20)
        started = time.monotonic()
        told = send(receiver.url, seconds=0.3)
        assert (told.status_code, told.error) == (None, "No answer within 0.3 s.")
        assert time.monotonic() - started < 3
        assert 290 <= told.duration < 3000

    @pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n"])
    def test_headers_that_come_drop_by_drop(self, receiver, hold, start):
        def drip(handler, request):
            handler.wfile.write(start)
            while not hold.wait(0.05):
                handler.wfile.write(b"X: y\r\n" if start else b"H")

        receiver.respond = drip
        told = send(receiver.url, seconds=0.4)
        assert (told.status_code, told.is_success) == (None, False)
        assert told.duration < 3000

    def test_a_body_that_comes_drop_by_drop_is_an_answer(self, receiver, hold):
        def drip(handler, request):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while not hold.wait(0.05):
                handler.wfile.write(b".")

        receiver.respond = drip
        told = send(receiver.url, seconds=0.4)
        assert (told.status_code, told.error) == (200, "")
        assert told.duration < 3000

    def test_a_handshake_that_never_comes(self, hold, settings):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            settings.WEBHOOK_TRUSTED_HOSTS = [f"127.0.0.1:{port}"]
            told = send(f"https://127.0.0.1:{port}/", seconds=0.3)
        assert told.error == "No answer within 0.3 s."


class TestAnswers:
    def test_what_is_sent(self, receiver):
        assert send(receiver.url) == Answer(204, "", "", 0, pytest.approx(0, abs=3000))
        [request] = receiver.received
        assert request.body == b'{"x":1}'
        assert request.headers["webhook-id"] == "msg_1"
        assert request.headers["accept-encoding"] == "identity"

    @pytest.mark.parametrize(
        ("status", "error"), [(200, ""), (299, ""), (404, "Status 404."), (503, "Status 503.")]
    )
    def test_only_2xx_is_success(self, receiver, status, error):
        receiver.always(status, b"read me")
        told = send(receiver.url)
        assert (told.status_code, told.error, told.text) == (status, error, "read me")

    def test_the_start_of_a_body_is_kept(self, receiver):
        receiver.always(500, "ä\0€".encode() * 1_000_000)
        told = send(receiver.url)
        assert len(told.text) == ANSWER_LENGTH
        assert told.text.startswith("ä\N{REPLACEMENT CHARACTER}€ä")

    def test_a_cut_off_body_is_an_answer(self, receiver):
        def cut(handler, request):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")
            handler.close_connection = True

        receiver.respond = cut
        told = send(receiver.url)
        assert (told.status_code, told.text) == (200, "short")

    @pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 999999 x\r\n\r\n"])
    def test_what_is_no_http_is_an_error(self, receiver, garbage):
        def speak(handler, request):
            handler.wfile.write(garbage)
            handler.close_connection = True

        receiver.respond = speak
        told = send(receiver.url)
        assert told.status_code is None
        assert told.error

    @pytest.mark.parametrize(
        ("asked", "seconds"), [("120", 120), ("9" * 30, 86_400), ("soon", 0), ("-5", 0), ("²", 0)]
    )
    def test_a_wait_that_is_asked_for(self, receiver, asked, seconds):
        def respond(handler, request):
            answer(handler, 429, Retry_After=asked.encode().decode("latin-1"))

        receiver.respond = respond
        assert send(receiver.url).retry_after == seconds
