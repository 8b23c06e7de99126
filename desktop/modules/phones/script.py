"""The script of a call: steps with numbered answers, filled with names, and the plain text people write it in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.errors import RuleBroken
from db.texts import _

MOST_ANSWERS = 9  # one key each
_FIELD = re.compile(r"\{(\w+)\}")
_HEAD = re.compile(r"#+\s*(\S+)\s*")
_ANSWER = re.compile(r"\d+[.)]\s+(.+)")
_ONWARD = re.compile(r"->\s*(\S+)")
_TARGET = re.compile(r"(.*?)\s*->\s*(\S+)(?:\s*\[(\w+)\])?")
END = "end"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side may say; `next` is a step or empty for the end, `outcome` a code it suggests."""

    text: str
    next: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What the caller says. Without answers it leads to `next`, or to the step after it."""

    id: str
    text: str
    answers: tuple[Answer, ...] = ()
    next: str = ""


def to_json(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    """As the round keeps it."""
    return [
        {
            "id": step.id,
            "text": step.text,
            "answers": [{"text": a.text, "next": a.next, "outcome": a.outcome} for a in step.answers],
            "next": step.next,
        }
        for step in steps
    ]


def from_json(stored: Any) -> tuple[Step, ...]:
    """Steps as kept; parts that are missing are empty."""
    return tuple(
        Step(
            str(step.get("id", "")),
            str(step.get("text", "")),
            tuple(Answer(a.get("text", ""), a.get("next", ""), a.get("outcome", "")) for a in step.get("answers", ())),
            str(step.get("next", "")),
        )
        for step in stored or ()
    )


def choose(scripts: Mapping[str, Any], spoken: str, otherwise: str) -> str:
    """The language to speak: the person's if the script knows it, else the round's, else the first there is."""
    for language in (spoken, otherwise, *scripts):
        if scripts.get(language):
            return language
    return ""


def fill(text: str, names: Mapping[str, str]) -> str:
    """`text` with its `{fields}` filled; a field nobody knows stays, so that the caller sees it."""
    return _FIELD.sub(lambda found: names.get(found[1], found[0]), text)


def filled(steps: tuple[Step, ...], names: Mapping[str, str]) -> tuple[Step, ...]:
    """All steps and answers with their fields filled."""
    return tuple(
        replace(
            step,
            text=fill(step.text, names),
            answers=tuple(replace(answer, text=fill(answer.text, names)) for answer in step.answers),
        )
        for step in steps
    )


def follow(steps: tuple[Step, ...], at: int, answer: int | None = None) -> int | None:
    """The place of the next step, or None at the end. Without an answer: the step after this one."""
    target = steps[at].answers[answer].next if answer is not None else steps[at].next
    if target == END:
        return None
    places = {step.id: place for place, step in enumerate(steps)}
    place = places.get(target, at + 1)
    return place if place < len(steps) else None


def parse(text: str) -> tuple[Step, ...]:
    """Read a script from its plain text: `# step`, what is said, then `1. answer -> step [outcome]`.

    A step without answers may end with `-> step`; `end` as a step ends the script.

    Raises:
        RuleBroken: a step has no name or no words, an answer leads nowhere, or there are too many answers.
    """
    steps: list[Step] = []
    said: list[str] = []
    answers: list[Answer] = []
    name = onward = ""
    for number, line in enumerate([*text.splitlines(), "# " + END], 1):
        if head := _HEAD.fullmatch(line.strip()):
            if name:
                steps.append(_step(name, said, answers, onward))
            elif any(part.strip() for part in said):
                raise _broken(_("Line {line}: the script starts before its first step."), line=1)
            name, said, answers, onward = head[1], [], [], ""
        elif found := _ANSWER.fullmatch(line.strip()):
            answers.append(_answer(found[1]))
        elif found := _ONWARD.fullmatch(line.strip()):
            onward = found[1]
        elif (answers or onward) and line.strip():
            raise _broken(_("Line {line}: nothing may follow the answers of a step."), line=number)
        else:
            said.append(line.strip())
    check(tuple(steps))
    return tuple(steps)


def check(steps: tuple[Step, ...]) -> None:
    """Make sure that the steps lead to each other.

    Raises:
        RuleBroken: two steps are called alike, an answer leads nowhere, or a step has too many answers.
    """
    names = [step.id for step in steps]
    for step in steps:
        if names.count(step.id) > 1:
            raise _broken(_("Two steps are called “{step}”."), step=step.id)
        if len(step.answers) > MOST_ANSWERS:
            raise _broken(_("The step “{step}” has more than nine answers."), step=step.id)
        for target in (step.next, *(answer.next for answer in step.answers)):
            if target and target not in (*names, END):
                raise _broken(_("The step “{step}” leads to “{target}”, which is not there."), step=step.id, target=target)


def written(steps: tuple[Step, ...]) -> str:
    """The plain text that `parse` reads."""
    blocks = []
    for step in steps:
        lines = [f"# {step.id}", step.text]
        for number, answer in enumerate(step.answers, 1):
            target = f" -> {answer.next or END}" if answer.next or answer.outcome else ""
            lines.append(f"{number}. {answer.text}{target}{f' [{answer.outcome}]' if answer.outcome else ''}")
        if step.next:
            lines.append(f"-> {step.next}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def _step(name: str, said: list[str], answers: list[Answer], onward: str) -> Step:
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(said)).strip()
    if not words:
        raise _broken(_("The step “{step}” says nothing."), step=name)
    return Step(name, words, tuple(answers), onward)


def _answer(text: str) -> Answer:
    found = _TARGET.fullmatch(text)
    return Answer(found[1], found[2], found[3] or "") if found else Answer(text)


def _broken(what: Any, **values: Any) -> RuleBroken:
    return RuleBroken(what, _("Correct the script; what you wrote is still there."), field="script", **values)
