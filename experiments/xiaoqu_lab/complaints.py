"""What is wrong with a command line, in the form of every other message about bad input."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import click

from xiaoqu.errors import InputError, Lang, Problem
from xiaoqu.layers import LAST_MONTH
from xiaoqu_lab.texts import COMPLAINTS, PLACEHOLDERS, placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COMMAND_LINE = "xiaoqu"
"""Stands where other problems name their file."""


class Complaint(Problem):
    """A problem whose words are in the catalogue of the command line."""

    def text(self, lang: Lang) -> tuple[str, str]:
        """Rule and remedy in a language."""
        rule, remedy = COMPLAINTS[self.code][lang]
        return rule.format(**self.facts), remedy.format(**self.facts)

    def render(self, lang: Lang = "en") -> str:
        """The whole message; an argument is named as help names it."""
        named = replace(self, key=placeholder(self.key, lang)) if self.key in PLACEHOLDERS else self
        return super(Complaint, named).render(lang)


def complain(code: str, key: str = "", seen: str = "", **facts: object) -> Complaint:
    """A complaint about an argument or option of the command line."""
    return Complaint(code, COMMAND_LINE, key=key, seen=seen, facts=facts)


def refuse(code: str, key: str = "", seen: str = "", **facts: object) -> NoReturn:
    """Give up for one reason.

    Raises:
        InputError: always.
    """
    raise InputError([complain(code, key, seen, **facts)])


def empty(args: Sequence[str]) -> list[Complaint]:
    """Complaints about empty texts, by the option before them; as a path one would stand for the current folder."""
    before = ("", *args)
    return [
        complain("empty", option if option.startswith("-") else "", '""')
        for option, given in zip(before, args, strict=False)
        if not given.strip()
    ]


def about_usage(error: click.UsageError) -> Complaint:
    """What click refused, in our words."""
    command = error.ctx.command_path if error.ctx else COMMAND_LINE
    match error:
        case click.NoSuchOption():
            options = error.ctx.command.params if error.ctx else []
            names = ", ".join(param.opts[0] for param in options if param.opts[0].startswith("-"))
            return complain("no_option", seen=error.option_name, names=names)
        case click.MissingParameter() if error.param is not None:
            given = error.param
            name = given.opts[0] if isinstance(given, click.Option) else (given.name or "").upper()
            return complain("missing_argument", name, command=command)
        case click.BadParameter() if error.param is not None and isinstance(error.param.type, click.Choice):
            seen = re.match("'(.*?)'", error.message)
            choices = ", ".join(error.param.type.choices)
            return complain("bad_choice", error.param.opts[0], seen[1] if seen else "", names=choices)
        case click.BadOptionUsage():
            return complain("no_value", error.option_name, command=command)
    extra = re.search(r"unexpected extra arguments? \((.*)\)", error.message)
    if extra:
        return complain("extra", seen=extra[1], command=command)
    return complain("usage", detail=error.format_message(), command=command)


def whole(text: str, option: str, low: int, high: int, problems: list[Problem]) -> int:
    """The whole number that an option gives; what is wrong with it goes to the problems."""
    if re.fullmatch(r"[0-9]{1,20}", text) and low <= int(text) <= high:
        return int(text)
    problems.append(complain("not_whole", option, text, low=low, high=high, example=max(low, 1)))
    return low


def on_the_command_line(error: InputError) -> list[Problem]:
    """The problems of an error; those in no file are in what was typed, whichever option took it."""
    return [problem if problem.file else replace(problem, file=COMMAND_LINE) for problem in error.problems]


def months_of(given: str | None, most: int, problems: list[Problem]) -> int:
    """The months that `--months` gives; 0, which takes the scenario's own, where it gives none that can be used."""
    found: list[Problem] = []
    months = 0 if given is None else whole(given, "--months", 1, most, found)
    problems += found
    return 0 if found else months


def too_late(keys: Iterable[str], months: int, file: str = COMMAND_LINE, line: int | None = None) -> list[Problem]:
    """Complaints about levers with a date that a run of so many months does not come to: they would never act."""
    found: list[Problem] = []
    for key in keys:
        _, _, month = key.partition("@")
        if month.isdecimal() and months <= int(month) <= LAST_MONTH:  # another month is refused by the model
            found.append(Complaint("too_late", file, line, key, facts={"last": months - 1}))
    return found


def overrides(given: Iterable[str], problems: list[Problem], option: str = "--set") -> dict[str, object]:
    """The values of `--set key=value`, or of another option; what is wrong with their form goes to the problems."""
    found: dict[str, object] = {}
    for item in given:
        key, equals, value = item.partition("=")
        if equals and key.strip() in found:
            seen = f"{found[key.strip()]}, {value.strip()}"
            problems.append(complain("set_twice", key.strip(), seen, option=option))
        elif equals and key.strip():
            found[key.strip()] = value.strip()
        else:
            problems.append(complain("set_form", option, item, option=option))
    return found


def factors_of(given: Iterable[str], problems: list[Problem]) -> dict[str, object]:
    """The factors of `--vary key=values`; what is wrong with their form goes to the problems."""
    found: dict[str, object] = {}
    for item in given:
        key, equals, values = item.partition("=")
        if equals and key.strip() in found:
            seen = f"{found[key.strip()]}, {values.strip()}"
            problems.append(complain("set_twice", key.strip(), seen, option="--vary"))
        elif equals and key.strip() and values.strip():
            found[key.strip()] = values.strip()
        else:
            problems.append(complain("vary_form", "--vary", item))
    return found
