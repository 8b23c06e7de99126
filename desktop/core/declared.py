"""What the modules of this run declare in their manifests, gathered by kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from db.texts import Msgid, _
from desktop.core.manifest import Belonging, ContributionKind, Fate, Manifest, Offer, Page, Setting, Verb
from desktop.core.module import Module
from desktop.core.rights import holds

CORE_VERBS = (Verb("change_setting", _("Setting changed: {setting}")),)
GROUPS = ("top", "before", "during", "after", "with_us", "desk")


class Declared(ABC):
    """Everything modules offer. What history, erasing and texts need is there also of modules that do not run."""

    @property
    @abstractmethod
    def modules(self) -> tuple[Module, ...]:
        """Every module found, in the order of the navigation."""

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The manifests of all modules that can be read, running or not."""
        return tuple(module.manifest for module in self.modules if module.manifest)

    def running(self) -> tuple[Manifest, ...]:
        """The manifests of the modules that may be used."""
        return tuple(module.manifest for module in self.modules if module.manifest and module.running)

    def pages(self, rights: Iterable[str]) -> tuple[tuple[Manifest, Page], ...]:
        """The pages of running modules these rights open, in the order of the navigation."""
        held = frozenset(rights)
        return tuple((m, page) for m in self.running() for page in m.pages if holds(held, page.right))

    def page(self, key: str, rights: Iterable[str]) -> Page | None:
        """The page called `key`; None if it is absent or needs another right, which are not told apart."""
        return next((page for _manifest, page in self.pages(rights) if page.key == key), None)

    def contributions(self, kind: ContributionKind, rights: Iterable[str]) -> tuple[Offer, ...]:
        """What running modules contribute of this kind, as far as the rights reach."""
        held = frozenset(rights)
        offers = [
            (contribution.order, Offer(manifest.key, contribution))
            for manifest in self.running()
            for contribution in manifest.contributions
            if contribution.kind == kind and holds(held, contribution.right)
        ]
        return tuple(offer for _order, offer in sorted(offers, key=lambda pair: pair[0]))

    def verbs(self) -> dict[str, Verb]:
        """The words of every kind of change, also of modules that do not run: history outlives them."""
        own = {verb.key: verb for verb in CORE_VERBS}
        return own | {verb.key: verb for manifest in self.manifests for verb in manifest.verbs}

    def settings(self) -> dict[str, Setting]:
        """The settings of running modules under their full names."""
        return {f"{manifest.key}.{setting.key}": setting for manifest in self.running() for setting in manifest.settings}

    def codes(self) -> dict[str, dict[str, Msgid]]:
        """The labels of stored codes, by the key of the code list."""
        return {codes.key: dict(codes.labels) for manifest in self.manifests for codes in manifest.codes}

    def person_rows(self) -> tuple[Belonging, ...]:
        """Which rows belong to people, also of modules that do not run: their tables are there all the same."""
        return tuple(Belonging(m.key, m.title, rows) for m in self.with_tables() for rows in m.person_rows)

    def with_tables(self) -> tuple[Manifest, ...]:
        """The manifests of the modules whose tables are there, whether or not they run."""
        return tuple(module.manifest for module in self.modules if module.manifest and not module.without_tables)

    def fates(self) -> tuple[Fate, ...]:
        """What becomes of rows when a person is erased, also of modules that do not run."""
        known = self.with_tables()
        words = {rows.table: rows.words for manifest in reversed(known) for rows in reversed(manifest.person_rows)}
        return tuple(Fate(m.key, m.title, one, one.words or words.get(one.table)) for m in known for one in m.erasing)


def place(module: Module) -> tuple[int, int, str]:
    """Where a module stands in the navigation; broken manifests last."""
    if module.manifest is None:
        return (len(GROUPS), 0, module.key)
    return (GROUPS.index(module.manifest.group), module.manifest.order, module.key)
