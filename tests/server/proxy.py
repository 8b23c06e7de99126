"""A line to a server that a test can break: closed, silent, or slow."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

CHUNK = 65536
Meddler = Callable[[bytes], bytes | None]  # what goes on of what came; None breaks the line


class Proxy:
    """Listens on a free loopback port and passes everything on to `port`.

    `silent` swallows everything in both directions without closing; `shut` refuses new connections as well.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self.silent = self.shut = False
        self.delay = 0.0
        self.to_server: Meddler = lambda data: data
        self.to_desk: Meddler = lambda data: data
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, dsn: str) -> str:
        """The same address by way of here."""
        return dsn.replace(f":{self._target}/", f":{self.port}/")

    def cut(self) -> None:
        """Break every line there is."""
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def close(self) -> None:
        """Let go of everything."""
        self.shut = True
        self._door.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                desk, _where = self._door.accept()
            except OSError:
                return
            if self.shut:
                desk.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                desk.close()
                continue
            for end in (desk, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs.append((desk, server))
            for here, there, back in ((desk, server, False), (server, desk, True)):
                threading.Thread(target=self._pass_on, args=(here, there, back), daemon=True).start()

    def _pass_on(self, here: socket.socket, there: socket.socket, back: bool) -> None:
        with suppress(OSError):
            while data := here.recv(CHUNK):
                if self.delay:
                    time.sleep(self.delay)
                passed = (self.to_desk if back else self.to_server)(data)
                if passed is None:
                    break
                if not self.silent:
                    there.sendall(passed)
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
