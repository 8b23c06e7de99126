"""Certificates made for a test by the `openssl` program: an authority, and what it signs."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Authority:
    """One that signs; its own certificate is `file`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self.file, self._key = folder, folder / f"{name}.crt", folder / f"{name}.key"
        _run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", self._key, "-out", self.file,
        )  # fmt: skip

    def sign(self, name: str, *, hosts: str = "", years: tuple[int, int] | None = None) -> tuple[Path, Path]:
        """A certificate for `name` and its key.

        Args:
            hosts: As openssl takes them: `DNS:localhost,IP:127.0.0.1`.
            years: From and to which year it is valid, if not now.
        """
        made, key, asked = (self._folder / f"{name}.{ending}" for ending in ("crt", "key", "csr"))
        _run(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", key, "-out", asked,
        )  # fmt: skip
        more = self._folder / f"{name}.ext"
        more.write_text(f"subjectAltName={hosts}\n" if hosts else "basicConstraints=CA:FALSE\n", encoding="ascii")
        if years:
            self._sign_for(years, asked, made, more)
        else:
            _run(
                "x509", "-req", "-in", asked, "-CA", self.file, "-CAkey", self._key, "-days", "2",
                "-CAcreateserial", "-extfile", more, "-out", made,
            )  # fmt: skip
        key.chmod(0o600)
        return made, key

    def _sign_for(self, years: tuple[int, int], asked: Path, made: Path, more: Path) -> None:
        """Only openssl's own small authority can say from when to when."""
        index, serial, rules = (self._folder / f"ca.{ending}" for ending in ("txt", "srl", "cnf"))
        index.write_text("", encoding="ascii")
        serial.write_text("01\n", encoding="ascii")
        rules.write_text(
            f"[ca]\ndefault_ca=own\n[own]\ndatabase={index}\nserial={serial}\nnew_certs_dir={self._folder}\ndefault_md=sha256\n"
            "policy=any\nunique_subject=no\n[any]\ncommonName=supplied\n",
            encoding="ascii",
        )
        _run(
            "ca", "-batch", "-config", rules, "-cert", self.file, "-keyfile", self._key, "-in", asked, "-out", made, "-notext",
            "-startdate", f"{years[0]}0101000000Z", "-enddate", f"{years[1]}0101000000Z", "-extfile", more,
        )  # fmt: skip


def _run(*words: str | Path) -> None:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-1000:])
