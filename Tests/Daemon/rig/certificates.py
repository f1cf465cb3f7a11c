"""Certificates made by openssl, for the gate, the servers behind it, and clients."""

import hashlib
import pathlib
import shutil
import ssl
import subprocess


class Certificate:
    def __init__(self, certificate, key):
        self.certificate = pathlib.Path(certificate)
        self.key = pathlib.Path(key)

    @property
    def der(self):
        """The first certificate in the file."""
        text = self.certificate.read_text()
        end = "-----END CERTIFICATE-----\n"
        return ssl.PEM_cert_to_DER_cert(text[: text.index(end) + len(end)])

    @property
    def fingerprint(self):
        return hashlib.sha256(self.der).hexdigest()

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def replaced_by(self, other):
        """The other's files stand in the place of these, each in one step, as certbot does it."""
        for mine, theirs in ((self.certificate, other.certificate), (self.key, other.key)):
            new = mine.with_suffix(".new")
            shutil.copy(theirs, new)
            new.replace(mine)


def make(folder, name="gate.test", issuer=None, file=None, days=30, purpose=None, authority=False, curve="P-256", extensions=()):
    """A certificate for `name` and this machine, signed by `issuer` or by itself."""
    folder = pathlib.Path(folder)
    file = file or name
    certificate, key = folder / f"{file}.pem", folder / f"{file}.key"
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-nodes", "-sha256",
        "-keyout", key, "-out", certificate, "-days", str(days), "-subj", f"/CN={name}",
        "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1",
    ]
    if purpose:
        command += ["-addext", f"extendedKeyUsage={purpose}"]
    for extension in extensions:
        command += ["-addext", extension]
    if issuer:
        command += ["-CA", issuer.certificate, "-CAkey", issuer.key]
    if not authority:
        command += ["-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60)
    return Certificate(certificate, key)
