"""Which of the files the freezing tool found stay out: what the program never loads, and what the system itself has."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath

# Everything Qt loads by itself is a plugin; these few are what a program of widgets, SVG icons and pictures uses.
PLUGINS = {
    "iconengines": ("qsvgicon",),
    "imageformats": ("qsvg", "qjpeg", "qico"),
    "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
    "platforms": ("qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"),
    "platformthemes": ("qxdgdesktopportal",),
    "styles": ("qmodernwindowsstyle", "qmacstyle"),
    "wayland-decoration-client": ("bradient",),
    "wayland-shell-integration": ("xdg-shell",),
}
# Qt's libraries of parts we do not use; the packed ones were looked through for what they need, and the build looks again.
_QT_LEFT_OUT = re.compile(r"Qt6?(?:Egl|EGL|OpenGL|Network|Pdf|Qml|Quick|VirtualKeyboard|WebEngine|WlShell|3D|Designer)")
# Compiled message catalogues and locale data come in hundreds of languages.
_LOCALE_DATA = re.compile(r"babel/locale-data/(\w+)\.dat")
_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")


def kept(destination: str, source: str, languages: Sequence[str]) -> bool:
    """Whether a file belongs into the program.

    Args:
        destination: Where it would go, below the program's folder.
        languages: The languages the program speaks.
    """
    path = PurePath(destination)
    text = path.as_posix()
    if "/plugins/" in text:
        name = re.sub(r"^lib|\.(?:so|dll|dylib)$", "", path.name)
        return name in PLUGINS.get(path.parent.name, ())
    if "/translations/" in text:
        return path.suffix == ".qm" and path.stem in {f"qtbase_{language}" for language in languages}
    if (locale := _LOCALE_DATA.search(text)) is not None:
        return locale[1] == "root" or locale[1].partition("_")[0] in languages
    if re.sub(r"^lib", "", path.name).startswith("Qt") and _QT_LEFT_OUT.match(re.sub(r"^lib", "", path.name)):
        return False
    return not (_of_the_system(path, source) or path.suffix in (".pyi", ".po", ".pot", ".whl"))


def _of_the_system(path: PurePath, source: str) -> bool:
    """Libraries a Linux system has in its packages: those are kept safe there, and named as what the package needs."""
    if not sys.platform.startswith("linux") or not source or path.parent != PurePath("."):
        return False
    where = str(Path(source).resolve())
    return ".so" in path.name and where.startswith(_SYSTEM) and "libpython" not in path.name
