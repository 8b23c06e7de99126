"""Language, colours, text size and line height: set here, kept with the user, shown at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from db.texts import _
from desktop.core.settings import checked, declared

if TYPE_CHECKING:
    from desktop.shell.application import Application

SMALLEST, LARGEST = 80, 200  # per cent
LOOKS = ("core.text_size", "core.density", "core.theme")
REBUILD = ("core.language", "core.text_size", "core.density")


class Look:
    """Before a database is open the choice is kept on this desk, after that with the user."""

    def __init__(self, app: Application) -> None:
        self._app = app

    @property
    def theme(self) -> str:
        """ "system", "light" or "dark"."""
        return str(self._value("theme", "system"))

    @property
    def density(self) -> str:
        """ "comfortable" or "compact"."""
        return str(self._value("density", "comfortable"))

    @property
    def text_size(self) -> int:
        """Per cent."""
        return int(self._value("text_size", 100))

    def apply(self) -> None:
        """Show what is set now."""
        self._app.appearance.dress(self.theme, self.text_size, self.density)
        self._app.appearance.speak(self._app.texts.language)

    def set_language(self, language: str) -> None:
        """Speak `language` ("en", "sv", "fi"; empty as the computer does)."""
        self._set("language", language)

    def set_theme(self, theme: str) -> None:
        """Wear "light", "dark" or what the "system" wears."""
        self._set("theme", theme)

    def set_text_size(self, per_cent: int) -> None:
        """Write at this size, as far as the limits allow."""
        self._set("text_size", min(LARGEST, max(SMALLEST, per_cent)))

    def grow_text(self, by: int) -> None:
        """Write larger by so many per cent, or smaller."""
        self.set_text_size(self.text_size + by)

    def set_density(self, density: str) -> None:
        """Make the lines of lists "comfortable" or "compact"."""
        self._set("density", density)

    def follow(self, name: str) -> None:
        """Show what has been set, wherever that was done."""
        desk = self._app.desk
        if name == "core.language" and desk is not None:
            desk.speak()
            self.apply()
        if name in LOOKS:
            self.apply()
        if name in REBUILD:
            self._app.rebuild()
        else:
            self._app.fill_menus()

    def bring_along(self) -> None:
        """Keep with a new database what was chosen on the start page."""
        for key in ("language", "theme", "text_size", "density"):
            chosen = self._app.kept.get(key)
            if chosen is not None:
                self._set(key, chosen)

    def _value(self, key: str, default: Any) -> Any:
        desk = self._app.desk
        return desk.settings.get(f"core.{key}") if desk else self._app.kept.get(key, default)

    def _set(self, key: str, value: Any) -> None:
        desk = self._app.desk
        if desk is not None:
            desk.settings.set(f"core.{key}", value, partial(self._app.tell_error, doing=_("saving a setting")))
            return
        self._app.kept.set(key, checked(declared()[f"core.{key}"], value))
        if key == "language":
            self._app.telling.speak(value)
        self.apply()
        self._app.show_welcome()
