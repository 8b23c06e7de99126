"""What is wrong with certificates, the server's or one's own, where libpq says too little."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from struct import pack
from typing import Any

import psycopg

_WANTS_TLS = pack("!ii", 8, 80877103)  # the first message of whoever wants to encrypt; the answer is S or N
ABSENT, KEY_ABSENT = "own certificate absent", "own key absent"  # words of ours for what libpq does not say
SHOWN = "with a certificate"  # beside a refused password: a server that checks both does not say which it was
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


def refuse_absent(given: Mapping[str, Any]) -> None:
    """Libpq goes on without a certificate of one's own that is not where it was said to be.

    Raises:
        psycopg.OperationalError: it is not there, or its key is not.
    """
    for name, sign in (("sslcert", ABSENT), ("sslkey", KEY_ABSENT)):
        if (place := given.get(name)) and given.get("sslmode") != "disable" and not Path(str(place)).expanduser().is_file():
            raise psycopg.OperationalError(f"connection failed: {sign}")


def _look(host: str, port: int, authorities: str) -> None:
    context = ssl.create_default_context(cafile=None if authorities == "system" else authorities)
    with socket.create_connection((host, port), PATIENCE) as line:
        line.sendall(_WANTS_TLS)
        if line.recv(1) == b"S":
            context.wrap_socket(line, server_hostname=host).close()
