"""A line to a server that a test can break: closed, silent, or slow."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

CHUNK = 65536
Meddler = Callable[[bytes], bytes | None]  # what goes on of what came; None breaks the line


class Proxy:
    """Listens on a free loopback port and passes everything on to `port`.

    `silent` swallows everything in both directions without closing; `shut` refuses new connections as well.
    """

    def __init__(self, port: int) -> None:
        self._target = self._goal = port
        self.silent = self.shut = False
        self.delay = 0.0  # seconds each message is held up, in both directions
        self.rate = 0  # bytes a second; 0 is as fast as it goes
        self.to_server: Meddler = lambda data: data
        self.to_desk: Meddler = lambda data: data
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._run(self._accept)

    def address(self, dsn: str) -> str:
        """The same address by way of here."""
        return dsn.replace(f":{self._target}/", f":{self.port}/")

    def lead_to(self, port: int) -> None:
        """From now on to another server, as when a name is pointed elsewhere; lines that stand are broken."""
        self._goal = port
        self.cut()

    def cut(self) -> None:
        """Break every line there is."""
        for end in tuple(self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of everything."""
        self.shut = True
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self._threads:
            thread.join()
        for end in (self._door, *self._ends):
            end.close()

    def _run(self, work: Callable[..., None], *values: Any) -> None:
        self._threads.append(threading.Thread(target=work, args=values, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            try:
                desk, _where = self._door.accept()
            except OSError:
                return
            if self.shut:
                desk.close()
                continue
            goal = self._goal
            try:
                server = socket.create_connection(("127.0.0.1", goal))
            except OSError:
                desk.close()
                continue
            for end in (desk, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends += (desk, server)
            if goal != self._goal:  # led elsewhere meanwhile: whoever cut the lines may not have seen this one
                for end in (desk, server):
                    end.close()
                continue
            for here, there, back in ((desk, server, False), (server, desk, True)):
                self._run(self._pass_on, here, there, back)

    def _pass_on(self, here: socket.socket, there: socket.socket, back: bool) -> None:
        with suppress(OSError):
            while data := here.recv(CHUNK):
                time.sleep(self.delay + (len(data) / self.rate if self.rate else 0.0))
                passed = (self.to_desk if back else self.to_server)(data)
                if passed is None:
                    break
                if not self.silent:
                    there.sendall(passed)
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
