"""Modes of the user's own: run their files, and say what is wrong with them before a district is built of them.

Files are run by `own_modes` alone; loading a scenario runs none. What is said has file, line, rule and remedy, as for
every other input. `fault_of` finds the line of such a file that a failing run went through.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import traceback
from typing import TYPE_CHECKING, Any

from xiaoqu.errors import InputError, Problem, display, listed, nearest
from xiaoqu.layers import declared_elsewhere
from xiaoqu.modes.mode import Mode, registry_kept
from xiaoqu.month.response import BY_CREW, BY_EFFORT, BY_NOBODY, BY_VOLUNTEERS
from xiaoqu.parameters import Entry, RefusedError, free_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from xiaoqu.scenario import Scenario

DRIVERS = {"nobody": BY_NOBODY, "crew": BY_CREW, "effort": BY_EFFORT, "volunteers": BY_VOLUNTEERS}
_MODULE = "xiaoqu_mode_"
# Called by the model as (district, row); the first two have no body in `Mode`.
_REQUIRED = ("obstacle", "adopt")
_METHODS = (*_REQUIRED, "begin", "end", "fee_change")


def own_modes(scenario: Scenario) -> dict[str, type[Mode]]:
    """The classes of the scenario's own modes by name. Runs their files.

    Raises:
        InputError: everything that is wrong with the files, the classes and their sections of the scenario.
    """
    found: dict[str, type[Mode]] = {}
    problems: list[Problem] = []
    for key, path in scenario.files.items():
        if not key.startswith("modes."):
            continue
        name = key.split(".")[1]
        try:
            cls = _class(path, name)
            wrong = [*_faults(cls, path), *_faults_of_section(scenario, cls)]
        except InputError as error:
            wrong = [*error.problems]
        else:
            found[name] = cls
        problems += wrong
    if problems:
        raise InputError(problems)
    return found


def fault_of(error: BaseException) -> Problem | None:
    """What failed inside a mode of the user's own, by its file and line; None if no such file took part."""
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith(_MODULE)
    ]
    if not frames:
        return None
    file, line = frames[-1]
    return _raised("mode_fails", file, line, error)


def _raised(code: str, file: str, line: int | None, error: BaseException) -> Problem:
    from pathlib import Path  # noqa: PLC0415 - only where something failed

    path = Path(file)
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
    seen = lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""
    return Problem(code, display(path), line, "", seen, {"said": said})


def _class(path: Path, name: str) -> type[Mode]:
    """The one class of a file that is the mode `name`.

    Raises:
        InputError: the file cannot be run, or has no such class.
    """
    module = _run(path)
    classes = [
        cls
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, Mode) and cls.__module__ == module.__name__
    ]
    for cls in classes:
        if cls.name == name:
            return cls
    file = display(path)
    if not classes:
        raise InputError([Problem("mode_no_class", file, facts={"name": name})])
    cls = classes[-1]
    line = _line(path, cls.__name__, "name")
    facts = {"name": name, "cls": cls.__name__}
    raise InputError([Problem("mode_other_name", file, line, f"{cls.__name__}.name", repr(cls.name), facts)])


def _run(path: Path) -> ModuleType:
    """Run a file as a module; the registry of modes stays as it was.

    Raises:
        InputError: it is no Python, or raises.
    """
    spec = importlib.util.spec_from_file_location(f"{_MODULE}{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError([Problem("mode_not_python", display(path))])
    module = importlib.util.module_from_spec(spec)
    try:
        with registry_kept():
            spec.loader.exec_module(module)
    except SyntaxError as error:
        if error.filename not in (None, str(path)):  # in another file, which this one imports
            raise InputError([_raised("mode_not_run", *_last_line(error, path), error)]) from None
        facts = {"detail": error.msg}
        seen = (error.text or "").strip()
        raise InputError([Problem("mode_syntax", display(path), error.lineno, "", seen, facts)]) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the user's code
        raise InputError([_raised("mode_not_run", *_last_line(error, path), error)]) from None
    return module


def _last_line(error: BaseException, path: Path) -> tuple[str, int | None]:
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == str(path)]
    return str(path), lines[-1] if lines else None


def _faults(cls: type[Mode], path: Path) -> Iterator[Problem]:
    """What is wrong with a class: driver, preference, methods, defaults."""
    file = display(path)

    def fault(code: str, attribute: str, seen: str = "", **facts: object) -> Problem:
        line = _line(path, cls.__name__, attribute)
        return Problem(code, file, line, f"{cls.__name__}.{attribute}", seen, {"cls": cls.__name__, **facts})

    if cls.driver not in DRIVERS:
        guess = nearest(str(cls.driver), DRIVERS)
        yield fault("not_choice", "driver", repr(cls.driver), choices=listed([f'"{d}"' for d in DRIVERS]), guess=guess)
    if isinstance(cls.preference, bool) or not isinstance(cls.preference, int | float):
        yield fault("not_int", "preference", repr(cls.preference), example="15")
    for method in _METHODS:
        written = getattr(cls, method)
        if method in _REQUIRED and written is getattr(Mode, method):
            yield fault("mode_method", method, method=method)
        elif not callable(written) or not _takes_two(written):
            yield fault("mode_signature", method, method=method)
    if not isinstance(cls.defaults, dict):
        yield fault("mode_defaults", "defaults", repr(cls.defaults))
        return
    for name, value in cls.defaults.items():
        try:
            _entry(None, cls, str(name)).check(value)
        except RefusedError as refused:
            problem = fault(refused.code, "defaults", f"{name} = {value!r}")
            yield Problem(problem.code, file, problem.line, f"{problem.key}.{name}", repr(value), refused.facts)


def _takes_two(written: Any) -> bool:
    try:
        inspect.signature(written).bind(None, None, None)  # self, district, row
    except TypeError:
        return False
    except ValueError:  # no signature to be had: a compiled function
        return True
    return True


def _faults_of_section(scenario: Scenario, cls: type[Mode]) -> Iterator[Problem]:
    """What the section [modes.<name>] says that the class does not know, or otherwise than it needs it."""
    section = f"modes.{cls.name}"
    defaults = cls.defaults if isinstance(cls.defaults, dict) else {}
    known = [*(Mode.defaults | defaults)]
    for name, value in scenario.get_section(section).items():
        key = f"{section}.{name}"
        if name == "file":
            continue
        if name not in known:
            guess = nearest(name, known)
            facts = {"name": section, "names": listed([*known, "file"]), "guess": guess}
            yield scenario.problem("unknown_key_guess" if guess else "mode_key", key, facts)
            continue
        try:
            _entry(scenario, cls, name).check(value)
        except RefusedError as refused:
            yield scenario.problem(refused.code, key, refused.facts)


def _entry(scenario: Scenario | None, cls: type[Mode], name: str) -> Entry:
    """What a number of a mode must be: as in the baseline's modes, else of the kind that the class has by default."""
    entry = declared_elsewhere(scenario.baseline, name) if scenario is not None else None
    if entry is not None:
        return entry
    value = (Mode.defaults | cls.defaults)[name]
    # Of the class's own numbers only the kind is known, and 1 may stand where 0.5 is meant.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return free_entry(float(value) if is_number else value)


def _line(path: Path, cls: str, attribute: str) -> int | None:
    """The line of a method or attribute of a class, else that of the class."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == cls:
            return next((item.lineno for item in node.body if attribute in _names(item)), node.lineno)
    return None


def _names(item: ast.stmt) -> list[str]:
    match item:
        case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []
