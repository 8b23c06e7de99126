"""Opens the zip file a spreadsheet is, within limits, and reads the XML in it piece by piece."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.table import COPY_IT

MAX_UNPACKED = 1024 * 1024 * 1024  # bytes of all parts together; a million people take half of it
MAX_DIRECTORY = 2 * 1024 * 1024  # bytes of the list of parts
HARMLESS = 32 * 1024 * 1024  # bytes unpacked that need no further look
MAX_RATIO = 150  # unpacked to packed, above what is harmless
MAX_TAG = 4 * 1024 * 1024  # bytes of one tag with its attributes
_PIECE = 256 * 1024

SAVE_AGAIN = _("Open it in the program it comes from and save it again.")


Start = Callable[[str, dict[str, str]], None]
Named = Callable[[str], None]
# What the libraries raise when a file does not hold together.
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, NotImplementedError, OSError, struct.error)


class Enough(Exception):
    """Raised by a reader of XML that has what it wants."""


class Archive:
    """The parts of a spreadsheet by name, capital or small letters alike.

    Raises:
        RuleBroken: at any step, when the file is damaged, protected, or unpacks to more than a list of people can hold.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        if _directory_size(content) > MAX_DIRECTORY:
            raise self._bomb()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (*BROKEN, OverflowError) as caught:
            raise self.damaged() from caught
        parts = self._zip.infolist()
        self._parts = {part.filename.lower().replace("\\", "/").lstrip("/"): part for part in parts}
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MAX_UNPACKED or (unpacked > HARMLESS and unpacked > MAX_RATIO * len(content)):
            raise self._bomb()
        if any(part.flag_bits & 1 for part in parts):
            raise protected(name)

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._parts

    def __iter__(self) -> Any:
        return iter(self._parts)

    def damaged(self) -> RuleBroken:
        """The refusal of a file in which something does not hold together."""
        return RuleBroken(_("The file {name} is damaged and cannot be read."), SAVE_AGAIN, name=self.name)

    def _bomb(self) -> RuleBroken:
        return RuleBroken(
            _("The file {name} unpacks to far more than a list of people needs."),
            COPY_IT,
            name=self.name,
        )

    def start_of(self, part: str, most: int = 4096) -> bytes:
        """The first bytes of a part; nothing when there is no such part."""
        if part not in self:
            return b""
        try:
            with self._zip.open(self._parts[part.lower()]) as stream:
                return stream.read(most)
        except BROKEN as caught:
            raise self.damaged() from caught

    def read_xml(self, part: str, start: Start, end: Named, text: Named) -> None:
        """Go through a part from begin to end, or until one of the functions raises `Enough`.

        No entities and no document types: nothing is ever fetched or multiplied.
        """
        if part not in self:
            raise self.damaged()
        parser = _parser(start, end, text)
        try:
            with self._zip.open(self._parts[part.lower()]) as stream:
                fed = 0
                while piece := stream.read(_PIECE):
                    parser.Parse(piece, False)
                    fed += len(piece)
                    if fed - parser.CurrentByteIndex > MAX_TAG:  # a tag without end is looked through anew each time
                        raise self.damaged()
                parser.Parse(b"", True)
        except Enough:
            return
        except expat.ExpatError as caught:
            if caught.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
                raise MemoryError from None
            raise self.damaged() from caught
        except LookupError as caught:
            if type(caught) is not LookupError:
                raise
            raise self.damaged() from caught  # an encoding nobody knows
        except BROKEN as caught:
            raise self.damaged() from caught


def protected(name: str) -> RuleBroken:
    """The refusal of a file that opens only with a password."""
    return RuleBroken(
        _("The file {name} is protected by a password."), _("Save it without one, then choose it again."), name=name
    )


def _parser(start: Start, end: Named, text: Named) -> expat.XMLParserType:
    """A parser that tells names as the file writes them, or without the prefix its outermost element has."""
    parser = expat.ParserCreate()

    def begin(name: str, attributes: dict[str, str]) -> None:
        prefix = name[: name.rfind(":") + 1]
        if not prefix or prefix == "office:":
            parser.StartElementHandler, parser.EndElementHandler = start, end
            start(name, attributes)
        else:
            parser.StartElementHandler = lambda name, attributes: start(name.removeprefix(prefix), attributes)
            parser.EndElementHandler = lambda name: end(name.removeprefix(prefix))
            start(name.removeprefix(prefix), attributes)

    def refuse(*_declared: Any) -> None:
        raise ValueError("a document type")

    parser.buffer_text = True
    parser.buffer_size = 65_536
    parser.StartElementHandler, parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = begin, text, refuse
    return parser


def attribute(attributes: dict[str, str], name: str) -> str:
    """The attribute of this name, whatever its prefix; empty when there is none."""
    found = attributes.get(name)
    if found is None:
        found = next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")
    return found


def _directory_size(content: bytes) -> int:
    """How long the list of parts is, as the end of the file says; 0 when it says nothing that can be understood."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if end < 0 or len(content) < end + 22:
        return 0
    size = int(struct.unpack_from("<L", content, end + 12)[0])
    if size == 0xFFFFFFFF and end >= 20 and content[end - 20 : end - 16] == b"PK\x06\x07":
        place = int(struct.unpack_from("<Q", content, end - 12)[0])
        if content[place : place + 4] == b"PK\x06\x06" and len(content) >= place + 48:
            size = int(struct.unpack_from("<Q", content, place + 40)[0])
    return size
