"""How a desk signs in, and what it hears where that fails: TLS, certificates, the account of the computer, each on a real server."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import RuleBroken, Unavailable
from db.postgresql import administrator
from db.postgresql.address import ServerAddress
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found, names_of
from db.postgresql.trying import try_server
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from tests.server.certificates import Authority
from tests.servers import Server

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl to make certificates")
EVA, PASSWORD = "eva.ek", "Åtta tecken räcker?"
HERE = "DNS:localhost,IP:127.0.0.1"


class Guarded:
    """A server of its own whose doors a test changes."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.authority, self.other = Authority(folder, "authority"), Authority(folder, "stranger")
        self.good = self.authority.sign("good", hosts=HERE)
        self.database = ""

    def set_up(self, *logins: str) -> None:
        """An office with these users."""
        address, plan = self.server.fresh("guarded"), plan_of(new_registry(SystemClock(office_zone())))
        found(PostgresqlEngine(address), plan)
        opened = Database(address, parts=plan.parts)
        with opened.read() as session:
            names = names_of(session.connection(), plan)
        for login in logins:
            with opened.write(Actor(new_id(), "DBA"), "add_user") as session:
                administrator.let_in(session, names, login, "", ["office"], PASSWORD)
        opened.close()
        self.database = address.rpartition("/")[2]

    def show(self, certificate: tuple[Path, Path] | None) -> None:
        """Show this certificate to whoever connects; none switches TLS off."""
        lines = ["ssl = 'off'"]
        if certificate is not None:
            places = [self._given(path) for path in (*certificate, self.authority.file)]
            lines = [
                "ssl = 'on'",
                *(f"{n} = '{p}'" for n, p in zip(("ssl_cert_file", "ssl_key_file", "ssl_ca_file"), places, strict=True)),
            ]
        with (self.server.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        self._reload()

    def let(self, *rules: str, maps: str = "") -> None:
        """Who may come in how, before the administrator's own way."""
        own = "hostnossl all postgres 127.0.0.1/32 scram-sha-256"
        (self.server.data / "pg_hba.conf").write_text("\n".join([own, *rules, ""]), encoding="ascii")
        (self.server.data / "pg_ident.conf").write_text(maps + "\n", encoding="ascii")
        self._reload()

    def _given(self, path: Path) -> Path:
        """A copy the server's own account alone may read."""
        copy = self.server.folder / path.name
        shutil.copyfile(path, copy)
        if os.geteuid() == 0:
            os.chown(copy, self.server.data.stat().st_uid, self.server.data.stat().st_gid)
        copy.chmod(0o600)
        return copy

    def _reload(self) -> None:
        def loaded() -> object:
            with psycopg.connect(f"{self.server.dsn()}?sslmode=disable", autocommit=True) as connection:
                row = connection.execute("SELECT pg_conf_load_time()").fetchone()
                assert row is not None
                return row[0]

        before = loaded()
        with psycopg.connect(f"{self.server.dsn()}?sslmode=disable", autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
        end = time.monotonic() + 20
        while loaded() == before and time.monotonic() < end:
            time.sleep(0.01)

    def address(self, user: str = EVA, *, host: str = "localhost", file: Path | None = None, **more: str) -> str:
        """As the dialog would write it, with the authority of this server."""
        hosts = f"{host}:{self.server.port}"
        made = ServerAddress(hosts, self.database, user, "file", str(file or self.authority.file)).written()
        return made + "".join(f"&{name}={value}" for name, value in more.items())


@pytest.fixture(scope="module")
def account() -> str:
    """The account the tests run under, as the system and libpq know it."""
    pwd = pytest.importorskip("pwd")
    return str(pwd.getpwuid(os.geteuid()).pw_name)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, account: str) -> Iterator[Guarded]:
    server = Server.start()
    try:
        made = Guarded(server, tmp_path_factory.mktemp("certificates"))
        made.set_up(EVA, account)
        yield made
    finally:
        server.remove()


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Certificates and password files of the account that runs the tests are not looked at."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)


def refused(address: str) -> str:
    """The sentence told at the test button, which is also told on opening."""
    with pytest.raises(Unavailable) as caught:
        try_server(address)
    with pytest.raises(Unavailable) as again:
        Database(address, upgrades=False)
    assert str(caught.value) == str(again.value)
    assert PASSWORD not in str(caught.value)
    assert caught.value.to_do
    return str(caught.value)


BY_PASSWORD = "hostssl all all 127.0.0.1/32 scram-sha-256"


def test_a_checked_and_encrypted_connection_is_told_as_such(guarded: Guarded) -> None:
    guarded.show(guarded.good)
    guarded.let(BY_PASSWORD)
    answer = try_server(guarded.address())
    assert answer.encrypted and answer.user == EVA


@pytest.mark.parametrize(
    ("make", "host", "said"),
    [
        (lambda g: g.authority.sign("expired", hosts=HERE, years=(2020, 2021)), "localhost", "has expired"),
        (lambda g: g.authority.sign("early", hosts=HERE, years=(2045, 2046)), "localhost", "is not valid yet"),
        (lambda g: g.authority.sign("elsewhere", hosts="DNS:db.example.org"), "localhost", "belongs to another server"),
        (lambda g: g.authority.sign("by-name", hosts="DNS:localhost"), "127.0.0.1", "belongs to another server"),
        (lambda g: g.other.sign("foreign", hosts=HERE), "localhost", "is not one you trust"),
        (lambda g: None, "localhost", "does not encrypt its connections"),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not_right_is_told_in_words(
    guarded: Guarded, make: Callable[[Guarded], tuple[Path, Path] | None], host: str, said: str
) -> None:
    guarded.let(BY_PASSWORD)
    guarded.show(make(guarded))
    assert said in refused(guarded.address(host=host))


def test_a_server_that_wants_encryption_says_so(guarded: Guarded) -> None:
    guarded.show(guarded.good)
    guarded.let(BY_PASSWORD)
    plain = ServerAddress(f"127.0.0.1:{guarded.server.port}", guarded.database, EVA, "none").written()
    assert "takes no connection without encryption" in refused(plain)


def test_a_certificate_file_that_is_not_there_is_told(guarded: Guarded, tmp_path: Path) -> None:
    guarded.show(guarded.good)
    assert "file with the trusted certificates" in refused(guarded.address(file=tmp_path / "none.crt"))


def test_a_user_signs_in_by_a_certificate_of_their_own(guarded: Guarded) -> None:
    guarded.show(guarded.good)
    guarded.let("hostssl all all 127.0.0.1/32 cert")
    mine, key = guarded.authority.sign(EVA)
    assert try_server(guarded.address(sslcert=str(mine), sslkey=str(key))).user == EVA
    assert "wants a certificate of yours" in refused(guarded.address())
    other, its_key = guarded.authority.sign("mia.mo")
    assert "belongs to another user" in refused(guarded.address(sslcert=str(other), sslkey=str(its_key)))
    foreign, its_key = guarded.other.sign("eva.foreign")
    assert "does not accept your certificate" in refused(guarded.address(sslcert=str(foreign), sslkey=str(its_key)))


BOTH = "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-full"


@pytest.fixture
def doubly(guarded: Guarded) -> Callable[[Path, Path], str]:
    """A server that wants a certificate beside the password; the address with these two files, as the dialog would write it."""
    guarded.show(guarded.good)
    guarded.let(BOTH)

    def address(own: Path, key: Path) -> str:
        hosts, file = f"localhost:{guarded.server.port}", str(guarded.authority.file)
        return ServerAddress(hosts, guarded.database, EVA, "file", file, str(own), str(key)).written()

    return address


def test_a_certificate_may_be_wanted_beside_the_password(guarded: Guarded, doubly: Callable[[Path, Path], str]) -> None:
    mine, key = guarded.authority.sign(EVA)
    answer = try_server(doubly(mine, key))
    assert answer.user == EVA and answer.encrypted
    Database(doubly(mine, key), upgrades=False).close()
    again = ServerAddress.read(doubly(mine, key))
    assert (again.certificate, again.key) == (str(mine), str(key)) and again.written() == doubly(mine, key)
    assert "wants a certificate of yours" in refused(guarded.address())


def test_a_certificate_of_somebody_else_is_told_as_one_of_three_reasons(
    guarded: Guarded, doubly: Callable[[Path, Path], str]
) -> None:
    """The server says the same of a wrong password."""
    assert "or your certificate belongs to somebody else" in refused(doubly(*guarded.authority.sign("mia.mo")))


@pytest.mark.parametrize(
    "make",
    [lambda g: g.other.sign("eva.foreign"), lambda g: g.authority.sign("eva.expired", years=(2020, 2021))],
    ids=["foreign", "expired"],
)
def test_a_certificate_the_server_does_not_trust_is_told(
    guarded: Guarded, doubly: Callable[[Path, Path], str], make: Callable[[Guarded], tuple[Path, Path]]
) -> None:
    assert "does not accept your certificate" in refused(doubly(*make(guarded)))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda own, key: own.unlink(), "The file of your certificate is not there"),
        (lambda own, key: own.write_text("none"), "cannot be read, or holds none"),
        (lambda own, key: key.unlink(), "The key of your certificate is not there"),
        (lambda own, key: key.write_text("none"), "The key of your certificate cannot be read"),
        (lambda own, key: key.chmod(0o644), "Others at this computer may read the key"),
        (lambda own, key: shutil.copyfile(key.with_name("mia.mo.key"), key), "belongs to another certificate"),
    ],
    ids=["absent", "garbage", "keyless", "garbled key", "open", "another key"],
)
def test_files_of_a_certificate_that_cannot_be_used_are_told(
    guarded: Guarded, doubly: Callable[[Path, Path], str], spoil: Callable[[Path, Path], object], said: str
) -> None:
    guarded.authority.sign("mia.mo")
    own, key = guarded.authority.sign(EVA)
    spoil(own, key)
    assert said in refused(doubly(own, key))


@pytest.mark.parametrize(("own", "key", "field"), [("mine.crt", "", "key"), ("", "mine.key", "certificate")])
def test_a_certificate_and_its_key_go_together(own: str, key: str, field: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        ServerAddress("db.example.org", "office", EVA, "system", "", own, key).written()
    assert caught.value.field == field


def test_the_account_of_the_computer_signs_in_without_name_and_password(
    guarded: Guarded, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGPASSWORD")
    guarded.let("local all all peer")
    place = f"{guarded.server.folder}:{guarded.server.port}"
    nameless = ServerAddress(place, guarded.database, "", "none").written()
    assert try_server(nameless).user == account
    Database(nameless, upgrades=False).close()
    other = ServerAddress(place, guarded.database, EVA, "none").written()
    assert "does not let you in as this user" in refused(other)
