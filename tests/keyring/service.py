"""A private session bus with GNOME's keyring on it, in folders of its own: never the keyring of whoever runs the tests."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from jeepney import MatchRule, message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
PATIENCE = 20.0  # seconds either has to start
BACKEND = "keyring.backends.SecretService.Keyring"


def is_missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@contextmanager
def secret_service(folder: Path, *, unlocked: bool, keyring: bool = True) -> Iterator[dict[str, str]]:
    """The environment of a session: with a keyring that is open, one that is locked, or none at all.

    The same `folder` holds the same keyring: unlocked first, it can be found locked the next time.
    """
    home = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "share"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    for place in home.values():
        Path(place).mkdir(mode=0o700, parents=True, exist_ok=True)
    bare = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")} | home
    config = folder / "bus.conf"
    config.write_text(
        f'<busconfig><type>session</type><listen>unix:dir={folder / "run"}</listen><policy context="default">'
        '<allow send_destination="*"/><allow eavesdrop="false"/><allow own="*"/></policy></busconfig>',
        encoding="utf-8",
    )
    with ExitStack() as stack:
        bus = stack.enter_context(
            _running(["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"], bare, b"")
        )
        env = bare | {"DBUS_SESSION_BUS_ADDRESS": _line(bus), "PYTHON_KEYRING_BACKEND": BACKEND}
        if keyring:
            how = ["--unlock"] if unlocked else []
            command = ["gnome-keyring-daemon", "--foreground", "--components=secrets", *how]
            with _named(env["DBUS_SESSION_BUS_ADDRESS"], "org.freedesktop.secrets"):
                stack.enter_context(_running(command, env, b"a password\n" if unlocked else b""))
        yield env


@contextmanager
def _running(command: list[str], env: dict[str, str], given: bytes) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(given)
        process.stdin.close()
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def _line(process: subprocess.Popen[bytes]) -> str:
    """What a program says first, which it does once it can be asked."""
    assert process.stdout is not None
    ready, _w, _x = select.select([process.stdout], [], [], PATIENCE)
    assert ready, "it did not start"
    return process.stdout.readline().decode().strip()


@contextmanager
def _named(address: str, name: str) -> Iterator[None]:
    """Ends when whoever is started meanwhile has taken this name on the bus."""
    rule = MatchRule(type="signal", sender=message_bus.bus_name, member="NameOwnerChanged")
    rule.add_arg_condition(0, name)
    with open_dbus_connection(address) as bus, bus.filter(rule) as heard:
        Proxy(message_bus, bus).AddMatch(rule)
        yield
        bus.recv_until_filtered(heard, timeout=PATIENCE)
