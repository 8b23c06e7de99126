"""Signing in by Kerberos: a real key distribution centre on loopback, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Unavailable
from db.postgresql import administrator
from db.postgresql.address import ServerAddress
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found, names_of
from db.postgresql.trying import try_server
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from tests.servers import Server

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
EVA, SECRET, REALM = "eva.ticket", "Atta tecken", "OFFICE.TEST"
pytestmark = pytest.mark.skipif(
    not all(shutil.which(program, path=PATH) for program in PROGRAMS), reason="needs krb5-kdc, krb5-admin-server and krb5-user"
)


class Centre:
    """A realm with a server and one user."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        rules, kdc = folder / "krb5.conf", folder / "kdc.conf"
        self.around = {
            **os.environ,
            "PATH": PATH,
            "KRB5_CONFIG": str(rules),
            "KRB5_KDC_PROFILE": str(kdc),
            "KRB5CCNAME": f"FILE:{folder}/tickets",
        }
        rules.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\nrdns = false\n"
            f"[realms]\n{REALM} = {{\n kdc = 127.0.0.1:{self.port}\n}}\n[domain_realm]\nlocalhost = {REALM}\n"
        )
        kdc.write_text(
            f"[kdcdefaults]\nkdc_listen = 127.0.0.1:{self.port}\nkdc_tcp_listen = 127.0.0.1:{self.port}\n[realms]\n{REALM} = {{\n"
            f" database_name = {folder}/principal\n key_stash_file = {folder}/stash\n acl_file = {folder}/acl\n}}\n"
        )
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", SECRET)
        self.run("kadmin.local", "-q", f'addprinc -pw "{SECRET}" {EVA}')
        self.run("kadmin.local", "-q", "addprinc -randkey postgres/localhost")
        self.run("kadmin.local", "-q", f"ktadd -k {folder}/keytab postgres/localhost")
        self._process = subprocess.Popen([shutil.which("krb5kdc", path=PATH) or "", "-n"], env=self.around)

    def run(self, program: str, *words: str, typed: str = "") -> None:
        """Run one of its programs to the end."""
        done = subprocess.run(
            [shutil.which(program, path=PATH) or "", *words],
            env=self.around,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr[-500:]}")

    def sign_in(self) -> None:
        """As people do in the morning; the centre may still be starting."""
        end = time.monotonic() + 20
        while True:
            try:
                self.run("kinit", EVA, typed=f"{SECRET}\n")
                return
            except RuntimeError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(20)


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    made = Centre(tmp_path)
    for name in ("KRB5_CONFIG", "KRB5CCNAME"):
        monkeypatch.setenv(name, made.around[name])
    yield made
    made.close()


def test_a_ticket_opens_the_server_without_a_password(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server.start(settings={"krb_server_keyfile": "keytab"})
    try:
        keytab = server.data / "keytab"
        shutil.copyfile(centre.folder / "keytab", keytab)
        os.chown(keytab, server.data.stat().st_uid, server.data.stat().st_gid)
        address, plan = server.fresh("office"), plan_of(new_registry(SystemClock(office_zone())))
        found(PostgresqlEngine(address), plan)
        opened = Database(address, parts=plan.parts)
        with opened.read() as session:
            names = names_of(session.connection(), plan)
        for login in (EVA, "mia.mo"):
            with opened.write(Actor(new_id(), "DBA"), "add_user") as session:
                administrator.let_in(session, names, login, "", ["office"], None)
        opened.close()
        server.stop()
        (server.data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 gss include_realm=0\n", encoding="ascii")
        rules = server.folder / "krb5.conf"  # where the server's own account may read it, too
        shutil.copyfile(centre.folder / "krb5.conf", rules)
        monkeypatch.setenv("KRB5_CONFIG", str(rules))
        server.begin()
        own = f"postgresql://{EVA}@localhost:{server.port}/{names.database}"
        with pytest.raises(Unavailable) as caught:
            try_server(own)
        assert "sign-in of this computer" in str(caught.value)
        centre.sign_in()
        answer = try_server(own)
        assert answer.user == EVA and answer.encrypted  # by Kerberos itself
        Database(own, upgrades=False).close()
        with pytest.raises(Unavailable, match="for this user"):
            try_server(own.replace(EVA, "mia.mo"))
        nameless = ServerAddress(f"localhost:{server.port}", names.database, "", "none").written()
        with pytest.raises(Unavailable, match="for this user"):  # the account of the computer is called otherwise
            try_server(nameless)
    finally:
        server.remove()


def _free_port() -> int:
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        port: int = trying.getsockname()[1]
    return port
