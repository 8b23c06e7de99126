"""What the building machine itself must have, installed where that is allowed and named where it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
from ctypes.util import find_library

from installer.debian import NotBuilt

# A tool or a library that the packed ones load, and the Debian package that brings it.
TOOLS = {"dpkg-shlibdeps": "dpkg-dev", "objdump": "binutils", "strip": "binutils"}
FOR_THE_PROOF = {"debootstrap": "debootstrap", "Xvfb": "xvfb"}
LIBRARIES = {"wayland-client": "libwayland-client0", "wayland-cursor": "libwayland-cursor0", "xcb-cursor": "libxcb-cursor0"}


def missing_packages(*, proof: bool) -> list[str]:
    """The Debian packages this machine lacks for building and, with `proof`, for proving."""
    tools = {**TOOLS, **(FOR_THE_PROOF if proof and may_install() else {})}
    found = {package for tool, package in tools.items() if shutil.which(tool) is None}
    found |= {package for library, package in LIBRARIES.items() if find_library(library) is None}
    return sorted(found)


def may_install() -> bool:
    """Whether this account may install packages."""
    return os.geteuid() == 0


def provide(*, proof: bool) -> None:
    """Install what is missing.

    Raises:
        NotBuilt: this account may not; names the line to run.
    """
    missing = missing_packages(proof=proof)
    if not missing:
        return
    words = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    if not may_install():
        raise NotBuilt(f"this machine lacks packages that this account may not install. Please run: sudo {' '.join(words)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], words):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True)
        if done.returncode:
            raise NotBuilt(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
