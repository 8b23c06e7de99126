"""Shows a policy's text as it will be printed: numbered headings, lists, bold and italic; every letter from the data stays a letter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFont, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktop.modules.policies.sections import Block, Heading, Item, Span, parse
from desktop.widgets.theme import Theme, current_theme

HEADING_SIZES = {1: 17.0, 2: 14.5, 3: 13.0}


class Preview(QTextEdit):
    """A read-only view; text is set letter by letter into the document, never as mark-up."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)

    def show_source(self, source: str) -> None:
        """Show this text; where the reader was is kept."""
        self._source = source
        place = self.verticalScrollBar().value()
        self.clear()
        self.document().setDocumentMargin(current_theme().px(16))
        cursor = QTextCursor(self.document())
        for number, block in enumerate(parse(source)):
            self._write(cursor, block, first=number == 0)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(place)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange) and hasattr(self, "_source"):
            self.show_source(self._source)

    def _write(self, cursor: QTextCursor, block: Block, *, first: bool) -> None:
        theme = current_theme()
        shape = QTextBlockFormat()
        shape.setLineHeight(130, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setBottomMargin(theme.px(6))
        size = 13.0
        if isinstance(block, Heading):
            size = HEADING_SIZES[block.depth]
            shape.setTopMargin(0 if first else theme.px(14 if block.depth == 1 else 8))
            shape.setHeadingLevel(block.depth)
        elif isinstance(block, Item):
            shape.setLeftMargin(theme.px(18 + 18 * block.depth))
            shape.setTextIndent(-theme.px(14))
            shape.setBottomMargin(theme.px(2))
        if first:
            cursor.setBlockFormat(shape)
        else:
            cursor.insertBlock(shape)
        if isinstance(block, Heading):
            cursor.insertText(f"{block.number}  ", _letters(theme, size, bold=True, colour=theme.colours.accent))
        elif isinstance(block, Item):
            cursor.insertText(f"{block.mark} ", _letters(theme, size, colour=theme.colours.dim))
        self._spans(cursor, block.spans, theme, size, heading=isinstance(block, Heading))

    @staticmethod
    def _spans(cursor: QTextCursor, spans: Sequence[Span], theme: Theme, size: float, *, heading: bool) -> None:
        for span in spans:
            cursor.insertText(span.text, _letters(theme, size, bold=span.bold or heading, italic=span.italic))


def _letters(theme: Theme, size: float, *, bold: bool = False, italic: bool = False, colour: str = "") -> QTextCharFormat:
    look = QTextCharFormat()
    look.setFont(theme.font(size, QFont.Weight.DemiBold if bold else QFont.Weight.Normal))
    look.setFontItalic(italic)
    look.setForeground(QColor(colour or theme.colours.text))
    return look
