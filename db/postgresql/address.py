"""The parts of a server's address as people give them, put together for libpq and taken apart again. None is a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import quote, urlencode

import psycopg
from psycopg import conninfo

from db.errors import RuleBroken
from db.texts import _

PORT = 5432
Tls = Literal["system", "file", "none"]  # authorities of the system, of a file, or no encryption at all
_HOST = re.compile(r"[\w.-]+|\[[0-9A-Fa-f:.]+\]|/\S+")
_MODES: dict[Tls, dict[str, str]] = {
    "system": {"sslmode": "verify-full", "sslrootcert": "system"},
    "file": {"sslmode": "verify-full"},
    "none": {"sslmode": "disable", "gssencmode": "disable"},
}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """What is asked for. `hosts` may name several, with their ports: the one that writes is looked for in this order.

    Without a user, whoever works at this computer signs in by the name of their account here.
    """

    hosts: str
    database: str
    user: str
    tls: Tls = "system"
    authorities: str = ""  # the file with their certificates
    certificate: str = ""  # the file of one's own, where the server asks for it
    key: str = ""  # and of its key

    def written(self) -> str:
        """As libpq takes it.

        Raises:
            RuleBroken: something is missing or cannot be; names the field.
        """
        found = _each_host(self.hosts)
        if not found:
            raise RuleBroken(
                _("The name of the server is missing."), _("Write it as in db.example.org or db.example.org:5432."), field="hosts"
            )
        if not self.database.strip():
            raise RuleBroken(_("The name of the database is missing."), _("Its administrator knows it."), field="database")
        if self.tls == "file" and not self.authorities.strip():
            raise RuleBroken(_("The file with the trusted certificates is missing."), _("Choose it."), field="authorities")
        if self.tls == "none" and not all(_is_here(host) for host, _port in found):
            raise RuleBroken(
                _("Without encryption only a server on this computer may be used: others could read all that is sent."),
                _("Choose a way of encryption, or ask the administrator of the server."),
                field="tls",
            )
        manners = dict(_MODES[self.tls])
        if self.tls == "file":
            manners["sslrootcert"] = self.authorities.strip()
        manners |= self._own_certificate()
        manners |= _joined(found)
        user = f"{quote(self.user.strip(), safe='')}@" if self.user.strip() else ""
        return f"postgresql://{user}/{quote(self.database.strip(), safe='')}?{urlencode(manners, quote_via=quote)}"

    def _own_certificate(self) -> dict[str, str]:
        own, key = self.certificate.strip(), self.key.strip()
        if self.tls == "none" or not (own or key):
            return {}
        if not own:
            raise RuleBroken(
                _("The file of your certificate is missing."), _("Choose it, or leave its key empty, too."), field="certificate"
            )
        if not key:
            raise RuleBroken(
                _("The key of your certificate is missing."),
                _("Choose its file, or leave the certificate empty, too."),
                field="key",
            )
        return {"sslcert": own, "sslkey": key}

    @classmethod
    def read(cls, address: str) -> ServerAddress:
        """The parts of an address, as far as they can be shown; an odd one gives empty parts."""
        given = _parts(address)
        hosts, ports = (str(given.get(key) or "") for key in ("host", "port"))
        each = ports.split(",") if "," in ports else [ports] * len(hosts.split(","))
        shown = [f"[{host}]" if ":" in host else host for host in hosts.split(",")]
        joined = ", ".join(host if port in ("", str(PORT)) else f"{host}:{port}" for host, port in zip(shown, each, strict=False))
        root, mode = str(given.get("sslrootcert") or ""), given.get("sslmode")
        tls: Tls = "none" if mode == "disable" else "file" if root not in ("", "system") else "system"
        return cls(
            joined, str(given.get("dbname") or ""), str(given.get("user") or ""), tls, root if tls == "file" else "",
            str(given.get("sslcert") or ""), str(given.get("sslkey") or ""),
        )  # fmt: skip


def account_of(address: str) -> str:
    """Under what name the password for this address is kept: user, host and port, and database."""
    return f"{_parts(address).get('user') or ''}@{place_of(address)}"


def place_of(address: str) -> str:
    """Where the database is, whoever signs in: host and port, and database."""
    given = _parts(address)
    host = given.get("host") or given.get("hostaddr") or given.get("service") or "localhost"
    return f"{host}:{given.get('port') or PORT}/{given.get('dbname') or ''}"


def hosts_of(text: str) -> dict[str, str]:
    """One or several hosts with their ports, as people write them, in libpq's two parts `host` and `port`.

    Raises:
        RuleBroken: one of them is none.
    """
    return _joined(_each_host(text))


def _each_host(text: str) -> list[tuple[str, int]]:
    return [_host_and_port(part.strip()) for part in text.split(",") if part.strip()]


def _joined(found: list[tuple[str, int]]) -> dict[str, str]:
    return {"host": ",".join(host for host, _port in found), "port": ",".join(str(port) for _host, port in found)}


def _parts(address: str) -> dict[str, object]:
    try:
        return dict(conninfo.conninfo_to_dict(address))
    except psycopg.ProgrammingError:
        return {}


def _host_and_port(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":") if re.search(r":\d*$", text) and not _is_number(text) else (text, "", str(PORT))
    if not _HOST.fullmatch(host) and not _is_number(host):
        raise RuleBroken(
            _("“{text}” is no name of a server."),
            _("Write it as in db.example.org or db.example.org:5432."),
            field="hosts",
            text=text,
        )
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise RuleBroken(
            _("“{text}” ends with a port that cannot be."), _("Ports are numbers from 1 to 65535."), field="hosts", text=text
        )
    return host.strip("[]"), int(port)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_here(host: str) -> bool:
    if host.startswith("/") or host.lower() == "localhost":
        return True
    return _is_number(host) and ip_address(host).is_loopback
