"""The core tables: the spine every module refers to. Import the tables you need from their own files."""

from db.models import (
    account,
    document,
    draft,
    duplicate,
    history,
    interaction,
    look,
    person,
    post,
    presence,
    role,
    search,
    setting,
    task,
    unit,
)

__all__ = [
    "account",
    "document",
    "draft",
    "duplicate",
    "history",
    "interaction",
    "look",
    "person",
    "post",
    "presence",
    "role",
    "search",
    "setting",
    "task",
    "unit",
]
