"""Why the certificate a server shows is not trusted: libpq only says that it is not."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from struct import pack
from typing import Any

_WANTS_TLS = pack("!ii", 8, 80877103)  # the first message of whoever wants to encrypt; the answer is S or N
PATIENCE = 5.0  # seconds for a server that answered a moment ago


def fault(given: Mapping[str, Any]) -> str:
    """What OpenSSL says of the certificate, such as "certificate has expired"; empty when it finds no fault or no server.

    Args:
        given: The parameters of the connection that failed.
    """
    hosts = str(given.get("host") or "").split(",")
    ports = str(given.get("port") or "5432").split(",")
    for number, host in enumerate(hosts):
        try:
            _look(host, int(ports[min(number, len(ports) - 1)]), str(given.get("sslrootcert") or "system"))
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        except (OSError, ValueError):
            continue  # of this one nothing can be learned
    return ""


def _look(host: str, port: int, authorities: str) -> None:
    context = ssl.create_default_context(cafile=None if authorities == "system" else authorities)
    with socket.create_connection((host, port), PATIENCE) as line:
        line.sendall(_WANTS_TLS)
        if line.recv(1) == b"S":
            context.wrap_socket(line, server_hostname=host).close()
