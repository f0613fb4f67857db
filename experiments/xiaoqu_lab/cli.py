"""The command line `xiaoqu`: names and help here, each command in a module that is imported when it is called.

So `xiaoqu --help` answers at once: it imports neither Mesa nor numba nor pandas.
"""

from __future__ import annotations

import copy
import importlib
import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn
from unicodedata import east_asian_width

import click

from xiaoqu_lab.texts import HEADINGS, LANGUAGES, Lang, placeholder, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xiaoqu.errors import InputError

COMMANDS = (
    "run",
    "view",
    "why",
    "compare",
    "sweep",
    "sensitivity",
    "discover",
    "calibrate",
    "report",
    "replay",
    "export",
    "cluster",
    "scenarios",
    "levers",
    "patterns",
    "check",
    "new",
)
"""The commands, in the order in which help shows them."""


def chosen_language(args: Sequence[str]) -> Lang:
    """The language of `--lang`, wherever it stands, else that of the environment, else English."""
    for option, value in pairwise([*args, ""]):
        wanted = value if option == "--lang" else option.removeprefix("--lang=")
        if wanted in LANGUAGES:
            return "zh" if wanted == "zh" else "en"
    variables = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, variables), "")
    return "zh" if locale.startswith("zh") else "en"


class Formatter(click.HelpFormatter):
    """Help with headings in the chosen language."""

    lang: Lang = "en"

    def write_heading(self, heading: str) -> None:
        """Write a heading; click's own are translated."""
        words = HEADINGS.get(heading, {}).get(self.lang, heading)
        self.write(f"{text('help.heading', self.lang, heading=words)}\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        words = placeholder(args, self.lang)
        super().write_usage(prog, words, text("help.usage", self.lang) if prefix is None else prefix)

    def write_dl(self, rows: Iterable[tuple[str, str]], _col_max: int = 0, col_spacing: int = 2) -> None:
        """Write a list of terms, aligned by cells: click counts letters, and Chinese ones are wide."""
        required = HEADINGS["[required]"][self.lang]
        told = [(placeholder(term, self.lang), about.replace("[required]", required)) for term, about in rows]
        first = self.current_indent + max(cells(term) for term, _ in told) + col_spacing
        for term, about in told:
            start = f"{'':{self.current_indent}}{term}"
            lines = click.wrap_text(about, self.width - first).splitlines()
            self.write(f"{start}{'':{first - cells(start)}}{f'\n{"":{first}}'.join(lines)}\n")


def cells(words: str) -> int:
    """How many cells of a terminal words take; `rich` knows it better, and takes long to import."""
    return sum(1 + (east_asian_width(letter) in "WF") for letter in words)


class Context(click.Context):
    """A context whose object is the chosen language."""

    def make_formatter(self) -> Formatter:
        """The formatter of help."""
        formatter = Formatter(width=self.terminal_width, max_width=self.max_content_width)
        formatter.lang = self.obj
        return formatter


def language_option(lang: Lang) -> click.Option:
    """`--lang`; its value has been read already when options are parsed (see `chosen_language`)."""
    choice = click.Choice(LANGUAGES)
    return click.Option(["--lang"], type=choice, expose_value=False, help=text("option.lang", lang))


def in_language(command: click.Command, name: str, lang: Lang) -> click.Command:
    """A copy of a command whose help texts, written as keys of the catalogue, are in a language."""
    command = copy.copy(command)
    command.name, command.help, command.context_class = name, text(f"help.{name}", lang), Context
    command.params = [copy.copy(param) for param in command.params]
    for param in command.params:
        if isinstance(param, click.Option) and param.help:
            param.help = text(param.help, lang)
    command.params.append(language_option(lang))
    return with_help(command, lang)


def with_help(command: click.Command, lang: Lang) -> click.Command:
    """Put `--help` into the options in the chosen language."""

    def show(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
        if wanted:
            click.echo(ctx.get_help())
            ctx.exit()

    command.add_help_option = False
    option = click.Option(
        ["--help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help=text("option.help", lang),
    )
    command.params.append(option)
    return command


class CommandLine(click.Group):
    """The group of commands; every way to fail ends here, in one message and an exit code."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"xiaoqu_lab.commands.{cmd_name}")
        return in_language(module.command, cmd_name, ctx.obj)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which ones there are."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from xiaoqu_lab.complaints import refuse  # noqa: PLC0415 - only who errs needs it

            refuse("no_command", seen=args[0], names=", ".join(COMMANDS))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text(f"help.{name}", ctx.obj)) for name in COMMANDS])

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **_: Any) -> NoReturn:  # type: ignore[override]
        """Run the command line.

        Raises:
            SystemExit: always; 0 if all went well, 1 if `replay` does not get the same figures, 2 for input that cannot
                be used, 130 if interrupted.
        """
        args = sys.argv[1:] if args is None else list(args)
        lang = chosen_language(args)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a narrow console shows ? and goes on
        localised = with_help(self._copy(lang), lang)
        try:
            if any(not given.strip() for given in args):
                from xiaoqu.errors import InputError  # noqa: PLC0415 - only who errs needs it
                from xiaoqu_lab.complaints import empty  # noqa: PLC0415 - only who errs needs it

                raise InputError(empty(args))
            code = click.Group.main(localised, args, prog_name=prog_name or "xiaoqu", standalone_mode=False, obj=lang)
        except click.Abort:
            click.echo(text("stopped", lang), err=True)
            sys.exit(130)
        except Exception as error:  # noqa: BLE001 - what is not ours to say is raised again
            from xiaoqu.errors import InputError  # noqa: PLC0415 - only who fails needs it

            if isinstance(error, click.UsageError):
                from xiaoqu_lab.complaints import about_usage  # noqa: PLC0415 - only who errs needs it

                error = InputError([about_usage(error)])
            if not isinstance(error, InputError):
                error = in_own_mode(error)
            click.echo(error.render(lang), err=True)
            sys.exit(2)
        sys.exit(code if isinstance(code, int) else 0)

    def _copy(self, lang: Lang) -> CommandLine:
        group = copy.copy(self)
        group.help = text("help.xiaoqu", lang)
        shown, about = text("help.version", lang), text("option.version", lang)
        version = click.version_option(package_name="xiaoqu", message=shown, help=about)
        group.params = [language_option(lang)]
        return version(group)


def in_own_mode(error: Exception) -> InputError:
    """What failed in a mode of the user's own, said as other input that cannot be used.

    Raises:
        Exception: the error itself, if no such file took part.
    """
    if "xiaoqu.modes.own" in sys.modules:
        from xiaoqu.errors import InputError  # noqa: PLC0415 - only who fails needs it
        from xiaoqu.modes.own import fault_of  # noqa: PLC0415 - only who fails needs it

        problem = fault_of(error)
        if problem is not None:
            return InputError([problem])
    raise error


@click.group("xiaoqu", cls=CommandLine, invoke_without_command=True)
@click.pass_context
def main(ctx: click.Context) -> None:
    """The command line; its help text is in the catalogue."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


if __name__ == "__main__":
    main()
