"""Which function carries out which command."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial

from desktop.command_line import copies, documents, history, keys, machine, person, profiles, register, retention
from desktop.command_line.opening import Lines, printed, step_of


def run(asked: Namespace) -> Lines:
    """Carry out the command and give the lines to print.

    Raises:
        Told: it could not be done, in words.
    """
    keys.take_given(asked)
    return _COMMANDS[asked.command](asked)


def _server(asked: Namespace) -> Lines:
    from desktop.command_line import server  # loads the driver, which files do not need

    return server.run(asked)


def _about_keys(act: Callable[[Namespace], Iterator[keys.Said]], asked: Namespace) -> Lines:
    for plain, words in act(asked):
        yield from printed(asked, plain, words)


_COMMANDS: dict[str, Callable[[Namespace], Lines]] = {
    "demo": register.demo, "import": register.bring_in, "export": register.take_out, "search": register.find,
    "person": partial(step_of, {"report": person.report, "erase": person.erase}),
    "retention": partial(step_of, retention.STEPS),
    "print": documents.print_document, "history": history.past,
    "backup": copies.back_up, "backups": copies.list_backups, "restore": copies.restore, "check": copies.check,
    "profile": profiles.profile, "doctor": machine.doctor, "modules": machine.list_modules, "tour": machine.tour,
    "encrypt": partial(_about_keys, keys.encrypt), "decrypt": partial(_about_keys, keys.decrypt),
    "recovery-key": partial(_about_keys, keys.recovery_key), "unlock": partial(_about_keys, keys.unlock),
    "server": _server,
}  # fmt: skip
