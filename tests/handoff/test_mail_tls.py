"""SMTP with TLS, by STARTTLS and from the first byte, against a real server: the certificate is checked."""

import smtplib
import ssl
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.handoff import mail
from bot.settings import Settings, SettingsError
from tests.handoff.inbox import Inbox, listening

PAYLOAD = {"about": "offer", "to": "dana@harbor.example.org", "path": "/handoff/x", "ref": "ABC234", "provider": "P"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def smtp(certificate: tuple[Path, Path], implicit: bool) -> AbstractContextManager[tuple[Inbox, str]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*map(str, certificate))
    if implicit:
        return listening("smtps", ssl_context=context)
    return listening(tls_context=context, require_starttls=True)


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "implicit"])
def test_over_tls_with_a_certificate_that_is_known(
    certificate: tuple[Path, Path], implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with smtp(certificate, implicit) as (inbox, url):
        config = Settings(smtp_url=url)
        assert mail.deliver(mail.compose(PAYLOAD, "k", config), "k", config) == "SMTP"
        assert [message["To"] for message in inbox.mails] == ["dana@harbor.example.org"]


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "implicit"])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(certificate: tuple[Path, Path], implicit: bool) -> None:
    with smtp(certificate, implicit) as (inbox, url):
        config = Settings(smtp_url=url)
        with pytest.raises(ssl.SSLCertVerificationError):
            mail.deliver(mail.compose(PAYLOAD, "k", config), "k", config)
        assert inbox.mails == []


def test_a_server_elsewhere_without_tls_gets_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "LOOPBACK", ())  # as if it stood elsewhere
    with listening() as (inbox, url):
        config = Settings(smtp_url=url)
        with pytest.raises((SettingsError, smtplib.SMTPException), match="no TLS"):
            mail.deliver(mail.compose(PAYLOAD, "k", config), "k", config)
        assert inbox.mails == []
