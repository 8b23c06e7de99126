"""Builds the program people install: `make installer`, or python build_installer.py [program|package|prove].

Everything is made in build/installer, which may be thrown away at any time. On Debian the package is installed and
started on a bare root afterwards; on Windows and macOS the same script makes the folder and what packs it, untested.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from installer import bare_root
from installer.contents import ROOT, Contents
from installer.debian import NotBuilt, build_deb, depends
from installer.elsewhere import UNTESTED, pack_elsewhere
from installer.freezing import Workshop, freeze, prepare, size
from installer.licences import LicenceMissing
from installer.proof import Figures, NotProven, prove
from installer.system import provide

MEGABYTE = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Build, and prove what can be proven here; 1 with the reason in words if something failed."""
    parser = argparse.ArgumentParser(prog="build_installer.py", description="Build the program people install.")
    parser.add_argument("until", nargs="?", choices=("program", "package", "prove"), default="prove", help="how far to go")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "installer", help="where to build")
    parser.add_argument("--keep-program", action="store_true", help="take the one-folder program that was built before")
    parser.add_argument("--tour", action="store_true", help="let the installed program walk through itself too; takes minutes")
    asked = parser.parse_args(arguments)
    shop = Workshop(asked.folder.resolve(), epoch())
    try:
        build(shop, asked.until, keep=asked.keep_program, tour=asked.tour)
    except (NotBuilt, NotProven, LicenceMissing, bare_root.NoRoot) as told:
        say(f"Not done: {told}")
        return 1
    except subprocess.CalledProcessError as failed:
        say(f"Not done: {' '.join(map(str, failed.cmd[:4]))} … ended with {failed.returncode}.")
        return 1
    return 0


def build(shop: Workshop, until: str, *, keep: bool, tour: bool = False) -> None:
    """The steps in their order, each told with its time."""
    contents = Contents()
    linux = sys.platform.startswith("linux")
    if linux and until != "program":
        provide(proof=until == "prove")
    if not (keep and shop.program.is_dir()):
        with Step("environment with the program's requirements"):
            prepare(shop, ROOT)
        with Step("one-folder program"):
            freeze(shop, contents)
    say(f"  {shop.program}: {size(shop.program) / MEGABYTE:.0f} MB; {look(shop)}")
    if until == "program":
        return
    if not linux:
        say(f"  {pack_elsewhere(shop, contents)}\n  {UNTESTED}")
        return
    with Step("Debian package"):
        package = build_deb(shop, contents)
    say(f"  {package}: {package.stat().st_size / MEGABYTE:.1f} MB")
    pack_elsewhere(shop, contents)
    if until == "package":
        return
    reason = bare_root.why_not()
    if reason:
        say(f"Left out: installing and starting the package on a bare root, since {reason}.")
        return
    with Step("proof on a bare root"):
        needs = depends(shop.folder / "deb" / "usr/lib/kontinuum")
        figures = prove(shop, package, needs, lambda line: say(f"  {line}"), tour=tour)
    tell(figures, shop)


def look(shop: Workshop) -> str:
    """Let the doctor of the built program look at each of its parts; its words when all is well.

    Raises:
        NotBuilt: something is missing; names it.
    """
    home = str(shop.folder / "home")
    aside = {"XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
    program = shop.program / ("kontinuum-cli.exe" if sys.platform == "win32" else "kontinuum")
    told = subprocess.run([program, "doctor"], env={**os.environ, **aside}, capture_output=True, text=True)
    missing = [line for line in told.stdout.splitlines() if line.startswith("MISSING")]
    if told.returncode or missing:
        raise NotBuilt("\n".join(["the built program is not whole:", *(missing or [told.stderr.strip()])]))
    return "its doctor finds nothing missing"


def tell(found: Figures, shop: Workshop) -> None:
    """The figures in words; the goal of a start beside the source run stands with them."""
    rows = (
        ("package", f"{found.package / MEGABYTE:.1f} MB"),
        ("installed", f"{found.installed / MEGABYTE:.0f} MB"),
        ("with all it needs", f"{(found.root_after - found.root_before) / MEGABYTE:.0f} MB more on a bare root"),
        ("start, warm", f"{found.warm * 1000:.0f} ms, from source {found.warm_source * 1000:.0f} ms"),
        ("first picture, warm", f"{found.first_picture * 1000:.0f} ms, from source {found.first_picture_source * 1000:.0f} ms"),
        ("start, own files read from disk", f"{found.cold * 1000:.0f} ms, from source {found.cold_source * 1000:.0f} ms"),
        ("pictures", f"{shop.folder / 'window.png'}, {shop.folder / 'window-source.png'}"),
    )
    for name, value in rows:
        say(f"  {name}: {value}")
    if found.warm > found.warm_source * 1.1:
        say("  The built program starts slower than the source run.")


def epoch() -> int:
    """The time of the newest change of the source, so that the same source gives the same package."""
    told = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    newest = ROOT / "CHANGELOG.md"
    return int(told.stdout) if told.returncode == 0 and told.stdout.strip() else int(newest.stat().st_mtime)


class Step:
    """Says what is being done and how long it took."""

    def __init__(self, what: str) -> None:
        self._what, self._begun = what, time.monotonic()

    def __enter__(self) -> None:
        say(f"{self._what} …")

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            say(f"{self._what}: done in {time.monotonic() - self._begun:.0f} s")


def say(line: str) -> None:
    """Tell whoever runs this."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
