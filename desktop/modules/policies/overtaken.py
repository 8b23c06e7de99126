"""What becomes of the text in the editor when somebody else saved the same draft: put together line by line, or asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.history import HistoryLine, history, last_step
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.merging import Field, Merge, merge
from desktop.modules.policies.editor import TextEditor
from desktop.modules.policies.service import PolicyText
from desktop.modules.policies.tables import PolicyVersion
from desktop.widgets.asking import Asking
from desktop.widgets.banner import Banner
from desktop.widgets.merging_forms import field_of

SOURCE = "source"
Save = Callable[[PolicyText, PolicyText, int], None]  # what to save, over which text of which version


@dataclass(frozen=True, slots=True)
class News:
    """A version as it is now, and the step that left it so; without `text` it is gone."""

    text: PolicyText | None
    version: int
    draft: bool
    step: HistoryLine | None


def read_news(session: Session, policy_id: UUID, version_id: UUID) -> News:
    """What others made of a version."""
    row = session.get(PolicyVersion, version_id)
    if row is None:
        return News(None, 0, False, next(iter(history(session, about=policy_id, limit=1)), None))
    text = PolicyText(row.title, row.owner_post, row.contact, row.language, row.source, row.note)
    return News(text, row.version, row.state == "draft", last_step(session, PolicyVersion, version_id))


class Overtaken(QObject):
    """Beside the page of one policy; the text stays in the editor whatever happens."""

    def __init__(self, context: ModuleContext, page: QWidget, editor: TextEditor, banner: Banner, policy_id: UUID) -> None:
        super().__init__(page)
        self._context, self._editor, self._id = context, editor, policy_id
        self.asking = Asking(context, page, banner)

    def typed(self) -> dict[str, str]:
        """What is in the editor, with what was written anew while being asked."""
        return asdict(self._editor.text()) | self.asking.typed()

    def ask(self, version_id: UUID, base: PolicyText, save: Save) -> None:
        """A save was refused: read what others saved, and ask what counts."""
        self._read(version_id, partial(self._meet, base=base, save=save))

    def tell(self, version_id: UUID, base: PolicyText) -> None:
        """Somebody saved while text is in the editor: say so beside it."""
        self._read(version_id, partial(self._meet, base=base, save=None))

    def _read(self, version_id: UUID, done: Callable[[News], None]) -> None:
        def failed(error: Exception) -> None:
            self._context.messages.show(error, _("reading what others saved"))

        self._context.tasks.read(self, partial(read_news, policy_id=self._id, version_id=version_id), done, failed)

    def _meet(self, news: News, base: PolicyText, save: Save | None) -> None:
        say = self._context.texts.say
        theirs = news.text
        if theirs is None or not news.draft:
            what = _("This version was removed meanwhile.") if theirs is None else _("This version is no longer a draft.")
            self.asking.tell_gone(say(what), news.step, self._readable)
            return
        both = self._merge(asdict(base), asdict(theirs))
        if save is not None:
            self.asking.ask(both, news.step, lambda values: save(PolicyText(**values), theirs, news.version))
        elif self.asking.dialog is None:
            self.asking.tell(both, news.step)

    def _merge(self, base: dict[str, str], theirs: dict[str, str]) -> Merge:
        form, mine = self._editor.form, asdict(self._editor.text())
        fields = [field_of(form, key, base[key], theirs[key], mine[key]) for key in form.keys]
        label = self._editor.source.accessibleName()
        return merge([*fields, Field(SOURCE, label, base[SOURCE], theirs[SOURCE], mine[SOURCE], lines=True)])

    def _readable(self) -> list[tuple[str, str]]:
        text = self._editor.text()
        return [(self._editor.title.accessibleName(), text.title), (self._editor.source.accessibleName(), text.source)]
