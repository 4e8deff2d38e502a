"""HTTPS on loopback: a certificate authority of the console's own, whose certificate stands beside the state file.

Clients that speak HTTPS only (tccli, most SDKs) are told to trust it. Python's SDK takes it as
`HttpProfile(certification=…)`; it ignores REQUESTS_CA_BUNDLE and SSL_CERT_FILE, and so does tccli, which trusts the
bundle of its own `certifi` only. The authority's key stays in the state file, which only its owner reads.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.foundation.files import write_atomically
from provisioner.simulator.database import Database

if TYPE_CHECKING:
    import trustme

_NAMES = (
    "localhost",
    "127.0.0.1",
    "::1",
    "*.tencentcloudapi.com",  # for machines whose hosts file sends the vendor's names here
    "*.intl.tencentcloudapi.com",
)


def certificate_file(state: Path) -> Path:
    """Where the authority's certificate of the console in `state` stands: `console-ca.pem` for `console.sqlite`."""
    return state.with_name(f"{state.stem}-ca.pem")


def server_context(database: Database, state: Path, host: str) -> ssl.SSLContext:
    """Serves HTTPS for loopback, `host` and the vendor's names; writes the authority's certificate where it is missing.

    One authority for all processes on the state file, made when first needed. Raises ProvisionerError where the
    certificate cannot be written.
    """
    authority = _authority(database)
    certificate = authority.cert_pem.bytes()
    path = certificate_file(state)
    if not path.exists() or path.read_bytes() != certificate:
        write_atomically(path, certificate, 0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*dict.fromkeys((*_NAMES, host))).configure_cert(context)
    return context


def _authority(database: Database) -> trustme.CA:
    import trustme  # loads a crypto library: only HTTPS waits for it

    with database.writing() as connection:
        query = "SELECT value FROM settings WHERE name IN ('ca_certificate', 'ca_key') ORDER BY name"
        kept = [row[0].encode() for row in connection.execute(query)]
        if kept:
            return trustme.CA.from_pem(*kept)
        authority = trustme.CA(organization_name="trtc-recording console simulator")
        rows = [("ca_certificate", authority.cert_pem), ("ca_key", authority.private_key_pem)]
        connection.executemany(
            "INSERT INTO settings VALUES (?, ?)", [(name, pem.bytes().decode()) for name, pem in rows]
        )
        return authority
