"""What stands in the way of opening a database on a server, besides the line and the password; told at the test and on opening."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select, text

from db import known_offices
from db.actor import Actor
from db.base import new_id
from db.database import Database, utc_now
from db.errors import Denied, Unavailable
from db.known_offices import OtherOffice
from db.models.history import ChangeSet
from db.postgresql import administrator, connection
from db.postgresql.address import ServerAddress, place_of
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found, names_of
from db.postgresql.trying import try_server
from db.profiles import Places
from desktop import cli
from desktop.assembly import new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from tests.db.support import person
from tests.server.conftest import PASSWORD, Office, login_of
from tests.servers import OWNER, Server

ODD_DATABASE, ODD_ADMINISTRATOR = "Åsas \"kontor\" 100 % 'x'", 'O\'Brien "Ö" & Co'


@pytest.fixture(autouse=True)
def own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A desk that knows no server yet."""
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


def test_a_server_that_is_too_old_is_told_at_the_test_and_on_opening(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST", 99)
    for way in (try_server, Database):
        with pytest.raises(Unavailable, match=r"PostgreSQL 1\d, which is too old\..*needs PostgreSQL 99 or newer"):
            way(office.address("office"))


def test_a_copy_that_only_follows_is_told_as_such(server: Server, office: Office) -> None:
    copy = Server.copy_of(server)
    try:
        own = copy.dsn(office.names.database, user=login_of("office"), password=PASSWORD)
        for way in (try_server, Database):
            with pytest.raises(Unavailable, match="is a copy that cannot be written to just now"):
                way(own)
    finally:
        copy.remove()


def test_a_server_closed_for_writing_is_not_called_a_copy_and_reads_on(office: Office) -> None:
    name = office.names.database
    with office.sql() as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        database = Database(office.address("office"), parts=office.plan.parts, upgrades=False)
        try:
            with database.read() as session:
                assert session.execute(text("SELECT count(*) FROM person")).scalar_one() >= 0
            with (
                pytest.raises(Unavailable, match="can only be read just now. It is a copy, or its administrator closed it"),
                database.write(Actor(new_id(), "Office"), "change_person"),
            ):
                pass
        finally:
            database.close()
    finally:
        with office.sql() as admin:
            admin.execute("SET default_transaction_read_only = off")
            admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def test_an_address_cannot_hide_the_database_by_another_path(office: Office) -> None:
    address = office.address("office")
    Database(
        f"{address}{'&' if '?' in address else '?'}options=-c%20search_path%3Dpublic", parts=office.plan.parts, upgrades=False
    ).close()


def test_whoever_lost_their_roles_is_told(office: Office) -> None:
    database = office.database("caller")
    admin = Database(office.admin, parts=office.plan.parts)
    try:
        with admin.write(Actor(new_id(), "DBA"), "add_user") as session:
            administrator.let_in(session, office.names, "going.soon", "", ["caller"], PASSWORD)
        own = office.server.dsn(office.names.database, user="going.soon", password=PASSWORD)
        assert try_server(own).user == "going.soon"
        with admin.write(Actor(new_id(), "DBA"), "change_user") as session:
            session.execute(select(1))
            account = administrator._user(session, "going.soon")
            account.active = False
        with pytest.raises(Denied, match="is no user of"):
            try_server(own)
        with admin.write(Actor(new_id(), "DBA"), "change_user") as session:
            administrator.shut_out(session, office.names, "going.soon")
    finally:
        admin.close()
        database.close()


def test_how_far_the_clocks_are_apart_is_known(office: Office) -> None:
    behind = try_server(office.address("office"), now=lambda: utc_now() - timedelta(hours=3)).ahead
    assert abs(behind - timedelta(hours=3)) < timedelta(minutes=2)
    assert abs(try_server(office.address("office")).ahead) < timedelta(minutes=2)


def test_time_zones_of_server_and_desk_change_no_moment(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGTZ", "America/New_York")
    monkeypatch.setenv("PGDATESTYLE", "German")
    own = sql.Identifier(office.names.database)
    with psycopg.connect(office.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} SET timezone = 'Pacific/Auckland'").format(own))
    try:
        database = office.database("office")
        before = utc_now()
        with database.write(Actor(office.accounts["office"], "Office"), "create_person") as session:
            session.add(person("Åberg"))
        with database.read() as session:
            at = session.scalars(select(ChangeSet.at).order_by(ChangeSet.number.desc()).limit(1)).one()
        assert abs(at - before) < timedelta(minutes=2) and at.utcoffset() == timedelta()
    finally:
        with psycopg.connect(office.admin, autocommit=True) as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} RESET timezone").format(own))


def test_names_with_quotes_spaces_and_umlauts_are_only_names(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    database, owner = sql.Identifier(ODD_DATABASE), sql.Identifier(ODD_ADMINISTRATOR)
    with server.connect() as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(owner, sql.Literal(PASSWORD)))
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    try:
        dsn = ServerAddress(f"127.0.0.1:{server.port}", ODD_DATABASE, ODD_ADMINISTRATOR, "none").written()
        assert cli.main(["server", "init", "--dsn", dsn]) == 0
        plan = plan_of(new_registry(SystemClock(office_zone())))
        opened = Database(dsn, parts=plan.parts)
        with opened.read() as session:
            names = names_of(session.connection(), plan)
        with opened.write(Actor(new_id(), "DBA"), "add_user") as session:
            administrator.let_in(session, names, "odd.one", "", ["office"], PASSWORD)
        opened.close()
        own = ServerAddress(f"127.0.0.1:{server.port}", ODD_DATABASE, "odd.one", "none").written()
        assert ServerAddress.read(own).database == ODD_DATABASE and ServerAddress.read(dsn).user == ODD_ADMINISTRATOR
        assert try_server(own).name == f"{ODD_DATABASE} (127.0.0.1)"
        assert try_server(dsn).user == ODD_ADMINISTRATOR
        assert cli.main(["server", "check", "--dsn", dsn]) == 0
        with pytest.raises(Unavailable, match="There is no database"):
            try_server(ServerAddress(f"127.0.0.1:{server.port}", 'x"; DROP DATABASE postgres; --', "odd.one", "none").written())
    finally:
        with server.connect() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))


@pytest.fixture
def replaced(server: Server, office: Office) -> Iterator[str]:
    """The address of a database that was opened once and then set up anew under the same name."""
    address = server.fresh("replaced")
    found(PostgresqlEngine(address), office.plan)
    open_database(address, new_registry(SystemClock(office_zone()))).close()
    open_database(address, new_registry(SystemClock(office_zone()))).close()  # the same is let in again
    name = address.rpartition("/")[2]
    server.drop(address)
    with server.connect() as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    found(PostgresqlEngine(address), office.plan)
    yield address
    server.drop(address)


def test_another_database_at_a_known_address_is_refused_until_somebody_says_so(
    replaced: str, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    modules = new_registry(SystemClock(office_zone()))
    with pytest.raises(OtherOffice, match="is not the database that was opened at this address before"):
        open_database(replaced, modules)
    monkeypatch.setenv("PGPASSWORD", server.password)
    plain = f"postgresql://{OWNER}@127.0.0.1:{server.port}/{replaced.rpartition('/')[2]}"
    assert cli.main(["--db", plain, "search", "x"]) == 2
    assert "is not the database" in capsys.readouterr().err
    assert cli.main(["profile", "again", plain]) == 0
    open_database(replaced, modules).close()


def test_the_number_of_an_office_outlives_an_upgrade_and_a_dump(server: Server, office: Office, tmp_path: Path) -> None:
    """Its number comes along with the functions."""
    with psycopg.connect(office.admin) as admin:
        kept = admin.execute("SELECT prosrc FROM pg_proc WHERE proname = 'kontinuum_office'").fetchone()
    found(PostgresqlEngine(office.admin), office.plan)  # an upgrade leaves it
    with psycopg.connect(office.admin) as admin:
        assert admin.execute("SELECT prosrc FROM pg_proc WHERE proname = 'kontinuum_office'").fetchone() == kept
    answer = try_server(office.address("caller"))
    places = Places(tmp_path, tmp_path)
    known_offices.refuse_other(places, place_of(office.admin), answer.identity.office, answer.name)
    with pytest.raises(OtherOffice):
        known_offices.refuse_other(places, place_of(office.admin), "", answer.name)


def test_a_copy_of_the_same_office_on_another_server_is_asked_about_once(office: Office, tmp_path: Path) -> None:
    """A second server that follows bears the identifier of the first; one that was restored from a dump does not."""
    places, place, answer = Places(tmp_path, tmp_path), place_of(office.admin), try_server(office.address("caller"))

    def refuse(cluster: str) -> None:
        known_offices.refuse_other(places, place, answer.identity.office, answer.name, cluster=cluster)

    known_offices.refuse_other(places, place, answer.identity.office, answer.name)  # remembered by an older program
    refuse(answer.identity.cluster)
    assert answer.identity.cluster.isdigit()
    refuse("")  # where the service hides it
    with pytest.raises(OtherOffice, match="is on another server than before"):
        refuse("7")
    refuse(answer.identity.cluster)
    known_offices.forget(places, place)
    refuse("7")


def _fill(ballast: Path) -> None:
    """Until nothing more goes onto the disk."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="a small disk is made by mounting one")
def test_a_full_disk_on_the_server_is_told_and_the_same_step_succeeds_when_there_is_room(tmp_path: Path) -> None:
    small = Path("/dev/shm") / f"kontinuum-small-{os.getpid()}"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(small)], capture_output=True, check=False
    ).returncode:
        small.rmdir()
        pytest.skip("nothing can be mounted here")
    server = Server.start()
    try:
        space = small / "space"
        space.mkdir()
        os.chown(space, server.data.stat().st_uid, server.data.stat().st_gid)
        with server.connect() as admin:
            admin.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(space))))
            admin.execute("CREATE DATABASE office TABLESPACE small")
        database = Database(server.dsn("office"))
        ballast = small / "ballast"
        _fill(ballast)

        def bring_in() -> None:
            with database.write(Actor(new_id(), "Eva"), "import") as session:
                session.add_all([person(f"Åberg {number}") for number in range(3000)])

        with pytest.raises(Unavailable, match="has no room left on its disk. Nothing was saved"):
            bring_in()
        ballast.unlink()
        bring_in()
        database.close()
    finally:
        server.remove()
        subprocess.run(["umount", str(small)], check=True)
        small.rmdir()
