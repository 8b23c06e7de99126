"""The look as data: colours, sizes and type, in light and dark, and how the application takes them on."""

from __future__ import annotations

import atexit
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

Density = Literal["compact", "normal", "roomy"]
Tone = Literal["", "dim", "accent", "ok", "warn", "bad"]

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
ROW_HEIGHTS: dict[str, int] = {"compact": 26, "normal": 31, "roomy": 38}
FAMILY = "Inter"
TABULAR = QFont.Tag("tnum")
PROPERTY = "look"  # where the application keeps the theme it wears


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour scheme. Everything people read keeps 4.5:1 on every ground it stands on; `edge` and `accent` keep 3:1."""

    background: str
    surface: str
    raised: str  # under the pointer
    line: str
    edge: str  # the border of something to type into
    text: str
    dim: str
    faint: str  # decoration only, never words
    accent: str
    accent_ground: str
    on_accent: str
    warn: str
    warn_ground: str
    bad: str
    bad_ground: str
    ok: str
    ok_ground: str


LIGHT = Colours(
    background="#F7F7F4", surface="#FFFFFF", raised="#F0F0EB", line="#E6E5DF", edge="#838A90", text="#1D2226", dim="#596067",
    faint="#9AA0A6", accent="#0E6B64", accent_ground="#E3F0EE", on_accent="#FFFFFF", warn="#8A5000", warn_ground="#FBF0DD",
    bad="#A32A1E", bad_ground="#FBE9E7", ok="#1D6F45", ok_ground="#E4F3EA",
)  # fmt: skip
DARK = Colours(
    background="#14171A", surface="#1B1F23", raised="#252A2F", line="#2B3137", edge="#727B84", text="#E6E9EC", dim="#9FA8B0",
    faint="#6F7880", accent="#57BFB2", accent_ground="#1C3431", on_accent="#0D1715", warn="#E3A54A", warn_ground="#3A2D17",
    bad="#F0877B", bad_ground="#3C211F", ok="#6CC79A", ok_ground="#1C3529",
)  # fmt: skip

LOUDER_LIGHT = {"accent": "#0A4F4A", "warn": "#6B3E00", "bad": "#86190F", "ok": "#12532F"}  # 7:1 on every ground
LOUDER_DARK = {"accent": "#8FE3D8", "warn": "#F2C27C", "bad": "#F7B0A7", "ok": "#93DDB7"}


@dataclass(frozen=True, slots=True)
class Theme:
    """How the program looks now: the scheme, the size of the text and the height of the rows.

    `strong` follows a system that asks for more contrast: quiet words and rules become plain ones, tones reach 7:1.
    """

    dark: bool = False
    scale: float = 1.0  # 0.8 to 2.0
    density: Density = "normal"
    strong: bool = False

    @property
    def colours(self) -> Colours:
        """The scheme, made louder when the system asks for contrast."""
        plain = DARK if self.dark else LIGHT
        if not self.strong:
            return plain
        louder = LOUDER_DARK if self.dark else LOUDER_LIGHT
        return replace(plain, dim=plain.text, faint=plain.dim, line=plain.edge, edge=plain.text, **louder)

    def px(self, pixels: float) -> int:
        """A length drawn at 100 %, as whole pixels at this text size; never nothing."""
        return max(1, round(pixels * self.scale))

    @property
    def row_height(self) -> int:
        """Height of one row of a list."""
        return self.px(ROW_HEIGHTS[self.density])

    def tint(self, tone: str) -> tuple[QColor, QColor]:
        """Ink and ground of a small label; an unknown tone is the neutral one."""
        c = self.colours
        pairs = {
            "accent": (c.accent, c.accent_ground), "ok": (c.ok, c.ok_ground), "warn": (c.warn, c.warn_ground),
            "bad": (c.bad, c.bad_ground), "info": (c.accent, c.accent_ground),
        }  # fmt: skip
        ink, ground = pairs.get(tone, (c.dim, c.raised))
        return QColor(ink), QColor(ground)

    def ink(self, tone: str) -> QColor:
        """Colour of words that carry `tone`, on the plain ground."""
        return _ink(self, tone)

    def font(self, pixels: float = 13, weight: QFont.Weight = QFont.Weight.Normal, *, tabular: bool = False) -> QFont:
        """The program's type at `pixels` for 100 %; `tabular` gives all figures one width, so that columns of them align."""
        return QFont(_type_at(self, pixels, weight, tabular))


@lru_cache(maxsize=64)
def _ink(theme: Theme, tone: str) -> QColor:
    c = theme.colours
    inks = {"dim": c.dim, "accent": c.accent, "ok": c.ok, "warn": c.warn, "bad": c.bad}
    return QColor(inks.get(tone, c.text))


def contrast(one: str | QColor, other: str | QColor) -> float:
    """The contrast of two colours as WCAG counts it: 1 for the same, 21 for black and white."""

    def light(colour: str | QColor) -> float:
        linear = [
            v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
            for v in cast(tuple[float, ...], QColor(colour).getRgbF())[:3]
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def current_theme() -> Theme:
    """The theme the application wears; the plain light one before any was applied."""
    app = QApplication.instance()
    worn = app.property(PROPERTY) if app is not None else None
    return worn if isinstance(worn, Theme) else Theme()


def system_theme(scale: float = 1.0, density: Density = "normal") -> Theme:
    """The theme the system asks for: its light or dark, and more contrast if it wants that."""
    hints = QGuiApplication.styleHints()
    access = hints.accessibility()
    strong = access is not None and access.contrastPreference() == Qt.ContrastPreference.HighContrast
    return Theme(hints.colorScheme() == Qt.ColorScheme.Dark, scale, density, strong)


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application; every open widget is told by Qt's own change events and repaints."""
    from desktop.widgets.lettering import forget
    from desktop.widgets.style_sheet import style_sheet

    app.setProperty(PROPERTY, theme)
    if app.style().name().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_AnimateCombo, Qt.UIEffect.UI_AnimateTooltip):
        QApplication.setEffectEnabled(effect, False)  # nothing moves that the user did not move
    app.setFont(_type(theme))
    _type_at.cache_clear()
    forget()
    app.setPalette(_palette(theme.colours))
    app.setStyleSheet(style_sheet(theme))


def _type(theme: Theme) -> QFont:
    """The system's Inter, else the one that comes with the program, else whatever the system calls its own."""
    families = QFontDatabase.families()
    if FAMILY not in families:
        for file in sorted((RESOURCES / "fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(file))
        families = QFontDatabase.families()
    chosen = next((name for name in (FAMILY, "Inter Variable") if name in families), "")
    font = QFont(chosen) if chosen else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(theme.px(13))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=256)
def _type_at(theme: Theme, pixels: float, weight: QFont.Weight, tabular: bool) -> QFont:
    font = QFont(QApplication.font())
    font.setPixelSize(theme.px(pixels))
    font.setWeight(weight)
    if tabular:
        font.setFeature(TABULAR, 1)
    return font


atexit.register(_type_at.cache_clear)  # while Qt is still there


def _palette(c: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for where, colour in (
        (role.Window, c.background), (role.WindowText, c.text), (role.Base, c.surface), (role.AlternateBase, c.background),
        (role.Text, c.text), (role.Button, c.surface), (role.ButtonText, c.text), (role.BrightText, c.bad),
        (role.ToolTipBase, c.surface), (role.ToolTipText, c.text), (role.PlaceholderText, c.dim), (role.Link, c.accent),
        (role.LinkVisited, c.accent), (role.Highlight, c.accent), (role.HighlightedText, c.on_accent), (role.Accent, c.accent),
        (role.Light, c.surface), (role.Midlight, c.raised), (role.Mid, c.line), (role.Dark, c.edge), (role.Shadow, c.line),
    ):  # fmt: skip
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(c.faint))
    return palette


def readable_pairs(c: Colours) -> list[tuple[str, str]]:
    """Every pair of ink and ground on which words stand, for whoever measures them."""
    grounds = (c.background, c.surface, c.raised, c.accent_ground)
    pairs = [(ink, ground) for ink in (c.text, c.dim) for ground in grounds]
    pairs += [(getattr(c, name), getattr(c, f"{name}_ground")) for name in ("accent", "warn", "bad", "ok")]
    pairs += [(ink, ground) for ink in (c.accent, c.warn, c.bad, c.ok) for ground in (c.background, c.surface)]
    return [*pairs, (c.on_accent, c.accent), (c.warn, c.accent_ground), (c.bad, c.accent_ground), (c.ok, c.accent_ground)]


def as_names(c: Colours) -> dict[str, str]:
    """The colours by name, for a text with places to fill."""
    return {field.name: getattr(c, field.name) for field in fields(c)}
