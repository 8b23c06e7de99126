"""Documents are saved whole or not at all, and opened only by what the system offers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from db.errors import Unavailable
from desktop.core.documents import Documents, file_name, save
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.core.texts import Texts


def render_greeting(name: str, texts: Texts) -> bytes:
    return f"{texts.language}: {name}".encode()


def render_nothing(_data: object, texts: Texts) -> bytes:
    raise ZeroDivisionError


GREETING, NOTHING = f"{__name__}:render_greeting", f"{__name__}:render_nothing"


@pytest.fixture
def opened() -> list[QUrl]:
    return []


@pytest.fixture
def documents(at_once: ImmediateTasks, opened: list[QUrl]) -> Documents:
    def open_it(url: QUrl) -> bool:
        opened.append(url)
        return True

    return Documents(at_once, Texts("sv"), opener=open_it)


def never(unexpected: object) -> None:
    raise AssertionError(unexpected)


def test_a_document_is_made_in_its_language_and_saved(documents: Documents, tmp_path: Path, opened: list[QUrl]) -> None:
    done: list[Path] = []
    path = tmp_path / "letter.pdf"
    documents.produce(GREETING, "Åsa", path, done.append, never, language="fi")
    assert path.read_bytes() == "fi: Åsa".encode()
    assert (done, opened) == ([path], [])


def test_without_a_path_it_is_opened_and_later_removed(documents: Documents, opened: list[QUrl]) -> None:
    done: list[Path] = []
    documents.produce(GREETING, "Åsa", None, done.append, never, name="Letter: A/B")
    assert opened == [QUrl.fromLocalFile(str(done[0]))]
    assert done[0].name == "Letter A B.pdf"
    assert done[0].read_bytes() == "sv: Åsa".encode()
    documents.close()
    assert not done[0].exists()


def test_a_document_that_cannot_be_made_is_told(documents: Documents, tmp_path: Path) -> None:
    errors: list[Exception] = []
    documents.produce(NOTHING, None, tmp_path / "x.pdf", never, errors.append)
    assert [type(error) for error in errors] == [ZeroDivisionError]
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_folder_that_is_not_there_is_the_worlds_fault(documents: Documents, tmp_path: Path) -> None:
    errors: list[Exception] = []
    documents.produce(GREETING, "Åsa", tmp_path / "none" / "x.pdf", never, errors.append)
    assert [type(error) for error in errors] == [Unavailable]


def test_saving_over_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(Unavailable):
        save(target, b"content")
    assert list(tmp_path.glob(".*.new")) == []


def test_no_program_to_open_it_is_said(at_once: ImmediateTasks) -> None:
    documents = Documents(at_once, Texts(), opener=lambda url: False)
    with pytest.raises(Unavailable):
        documents.show(b"content", "x")
    documents.close()


def test_an_address_that_is_none_is_not_handed_over(documents: Documents, opened: list[QUrl]) -> None:
    assert not documents.hand_off("http://[")
    assert documents.hand_off("tel:+46701234567")
    assert [url.scheme() for url in opened] == ["tel"]


@pytest.mark.parametrize(
    ("title", "name"), [("", "Kontinuum.pdf"), ("../../etc", "etc.pdf"), ("a\nb", "a b.pdf"), ("Å" * 200, "Å" * 100 + ".pdf")]
)
def test_any_title_makes_a_name_for_a_file(title: str, name: str) -> None:
    assert file_name(title) == name
