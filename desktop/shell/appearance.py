"""How the program looks and which language Qt's own dialogs speak, set from plain values and changed while it runs."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme import Density, apply_theme, current_theme, system_theme

SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
DENSITIES: dict[str, Density] = {"comfortable": "normal", "compact": "compact"}
_LOCALES = {"en": "en_GB", "sv": "sv_SE", "fi": "fi_FI"}


class Appearance(QObject):
    """Dresses the application. With `theme` "system" it follows the computer from light to dark by itself."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._theme, self._text_size, self._density = "system", 100, "comfortable"
        self._translator: QTranslator | None = None
        app.styleHints().colorSchemeChanged.connect(self._follow)
        if (access := app.styleHints().accessibility()) is not None:
            access.contrastPreferenceChanged.connect(self.dress_again)

    def dress(self, theme: str, text_size: int, density: str) -> None:
        """Wear these values of the settings `core.theme`, `core.text_size` (per cent) and `core.density`."""
        self._theme, self._text_size, self._density = theme, text_size, density
        if self._app.styleHints().colorScheme() != SCHEMES.get(theme) or theme not in SCHEMES:
            self._app.styleHints().setColorScheme(SCHEMES.get(theme, Qt.ColorScheme.Unknown))
        wanted = system_theme(text_size / 100, DENSITIES.get(density, "normal"))
        if theme in SCHEMES:
            wanted = replace(wanted, dark=theme == "dark")
        if wanted != current_theme() or not self._app.styleSheet():
            apply_theme(self._app, wanted)

    def speak(self, language: str) -> None:
        """Let Qt's own dialogs and calendars speak `language`."""
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
            self._translator.deleteLater()
            self._translator = None
        QLocale.setDefault(QLocale(_LOCALES[language]))
        translator = QTranslator(self._app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if language != "en" and translator.load(f"qtbase_{language}", folder):
            self._app.installTranslator(translator)
            self._translator = translator

    def _follow(self) -> None:
        if self._theme not in SCHEMES:
            self.dress_again()

    def dress_again(self) -> None:
        """The computer asks for more contrast, or no longer: a chosen theme follows that too."""
        self.dress(self._theme, self._text_size, self._density)


def application() -> QApplication:
    """The running application object."""
    return cast(QApplication, QApplication.instance())
