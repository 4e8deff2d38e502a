"""How an API call gets to its endpoint: proxy, certificate, answer, clock, signature."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from provisioner.console.doctor_checks import CheckResult, DoctorCheck
from provisioner.console.port import ConsoleError
from provisioner.console.tencent.client import Endpoint
from provisioner.console.tencent.error_codes import forbidden, unanswered
from provisioner.console.tencent.transport import Transport
from provisioner.foundation.text_safety import printable
from provisioner.recording.limits import CLOCK_SKEW

_NOT_AUTHENTIC = "AuthFailure."
_SKEWED = "AuthFailure.SignatureExpire"


def connection(
    endpoint: Endpoint, transport: Transport, error: ConsoleError | None, signed: bool, variables: Mapping[str, str]
) -> Iterator[DoctorCheck]:
    """What one call that just ended, in `error` or well, says about the way to the endpoint."""
    yield _proxy(endpoint, transport, variables)
    yield _certificate(endpoint, error, variables)
    yield _answer(endpoint, error)
    yield _clock(transport, error)
    yield _signature(error, signed)


def _proxy(endpoint: Endpoint, transport: Transport, variables: Mapping[str, str]) -> DoctorCheck:
    exempt = variables.get("no_proxy") or variables.get("NO_PROXY")
    note = f"; NO_PROXY is {printable(exempt)}" if exempt else ""
    if transport.proxy is None:
        return DoctorCheck("proxy", CheckResult.OK, f"none stands between{note}")
    through = f"calls go through {printable(urlsplit(transport.proxy).netloc.rpartition('@')[2])}{note}"
    if _loopback(endpoint):
        host = endpoint.host.partition(":")[0]
        return DoctorCheck("proxy", CheckResult.FAILS, through, f"Add {host} and {endpoint.host} to NO_PROXY.")
    return DoctorCheck("proxy", CheckResult.OK, through)


def _certificate(endpoint: Endpoint, error: ConsoleError | None, variables: Mapping[str, str]) -> DoctorCheck:
    if endpoint.scheme == "http":
        if _loopback(endpoint):
            return DoctorCheck("tls", CheckResult.NOT_HERE, "plain http to this machine")
        return DoctorCheck(
            "tls", CheckResult.FAILS, "plain http: anybody on the way reads and changes it", "Use https."
        )
    trusted = endpoint.ca_file or variables.get("SSL_CERT_FILE") or "the system's authorities"
    if reason := _unusable(endpoint.ca_file):
        return DoctorCheck(
            "tls", CheckResult.FAILS, f"{printable(trusted)} {reason}", "console.caFile takes a PEM bundle."
        )
    if error is not None and _speaks_of_tls(error):
        fix = "Behind a proxy that opens TLS, name its authority in console.caFile."
        return DoctorCheck("tls", CheckResult.FAILS, error.message, fix)
    if error is not None and error.code == "ClientNetworkError":
        return DoctorCheck("tls", CheckResult.UNKNOWN, "nothing answered")
    return DoctorCheck("tls", CheckResult.OK, f"the certificate is good by {printable(trusted)}")


def _unusable(ca_file: str | None) -> str:
    if ca_file is None:
        return ""
    try:
        ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        return "holds no certificate"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return ""


def _speaks_of_tls(error: ConsoleError) -> bool:
    return error.code == "ClientNetworkError" and ("certificate" in error.message.lower() or "SSL" in error.message)


def _answer(endpoint: Endpoint, error: ConsoleError | None) -> DoctorCheck:
    where = f"{endpoint.scheme}://{endpoint.host}"
    if error is None or not unanswered(error):
        return DoctorCheck("endpoint", CheckResult.OK, f"{where} answers")
    if error.code == "ServerNetworkError":
        return DoctorCheck(
            "endpoint", CheckResult.FAILS, f"{where}: something else answers: {error.message[:120]}", _WAY
        )
    return DoctorCheck("endpoint", CheckResult.FAILS, f"{where}: {error.message}", _WAY)


_WAY = "Check the name, the way there (firewall, VPN) and the proxy variables."


def _clock(transport: Transport, error: ConsoleError | None) -> DoctorCheck:
    skew = transport.clock_skew()
    if skew is None:
        return DoctorCheck("clock", CheckResult.UNKNOWN, "no answer told the time")
    apart = "at most a second apart" if abs(skew) <= 1 else f"{abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
    refused = error is not None and error.code == _SKEWED
    if abs(skew) > CLOCK_SKEW.total_seconds() or refused:
        return DoctorCheck(
            "clock", CheckResult.FAILS, f"this machine is {apart}", "Set its clock: 5 minutes are the limit."
        )
    return DoctorCheck(
        "clock", CheckResult.OK, f"this machine and the endpoint are {apart}" if abs(skew) <= 1 else apart
    )


def _signature(error: ConsoleError | None, signed: bool) -> DoctorCheck:
    if not signed:
        return DoctorCheck("signature", CheckResult.UNKNOWN, "there are no credentials to sign with")
    if error is None or forbidden(error):
        return DoctorCheck("signature", CheckResult.OK, "the account accepts it")
    if error.code == _SKEWED:
        return DoctorCheck("signature", CheckResult.UNKNOWN, "refused for its time before anything else")
    if error.code.startswith(_NOT_AUTHENTIC):
        return DoctorCheck("signature", CheckResult.FAILS, f"{error.code}: {error.message}", error.fix or "")
    if unanswered(error):
        return DoctorCheck("signature", CheckResult.UNKNOWN, "nothing answered")
    return DoctorCheck("signature", CheckResult.OK, "the account accepts it")


def _loopback(endpoint: Endpoint) -> bool:
    return endpoint.host.partition(":")[0] in ("127.0.0.1", "localhost")
