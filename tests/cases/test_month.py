"""The worked cases of month.toml: each goes through the compiled kernel and through its plain-Python text."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from xiaoqu.ledger import NAMES, OUTSIDE

CASES = tomllib.loads(Path(__file__).with_name("month.toml").read_text(encoding="utf-8"))["case"]
DTYPES = {"F4": np.float32, "F8": np.float64, "I4": np.int32, "I8": np.int64, "U1": np.uint8, "B1": np.bool}
SHAPES = {
    "flows": (len(NAMES), 1),
    "income": (12, 1),
    "money": (3, 1),
    "capacity": (9, 1),
    "settled_by": (9, 1),
    "outside": (len(OUTSIDE),),
}


class Rule(NamedTuple):
    """A kernel, its plain text, and the module in whose words its arguments are declared."""

    kernel: Any
    plain: Any
    module: Any


def rule(name: str) -> Rule:
    file, kernel = name.split(".")
    module = importlib.import_module(f"xiaoqu.month.{file}")
    found = getattr(module, kernel)
    return Rule(found, getattr(found, "py_func", found), module)


def arguments(rule: Rule, case: dict[str, Any]) -> dict[str, Any]:
    """Fresh arguments as the kernel declares them: one compound, as many households as the longest list has."""
    given = dict(case["given"])
    declared = {name: str(one.annotation) for name, one in inspect.signature(rule.plain).parameters.items()}
    people = max([len(value) for name, value in given.items() if name in ("tenure", "roles")], default=1)
    neutral = {"households": [people], "occupied": [people]}
    household = {"who", "kind", "reported", "number", "stairwell", "trust", "taste", "satisfaction"}
    household |= {"own_matters", "fatigue"}

    def made(name: str, kind: str) -> Any:
        if kind in DTYPES:
            size = SHAPES.get(name, (people if name in household else 1,))
            value = given.get(name, neutral.get(name))
            return np.zeros(size, DTYPES[kind]) if value is None else np.array(value, DTYPES[kind])
        if kind in ("float", "int"):
            return {"float": float, "int": int}[kind](given.get(name, 0))
        if kind == "np.uint64":
            return np.uint64(1)
        struct = getattr(rule.module, kind)
        fields = {field: str(one) for field, one in inspect.get_annotations(struct).items()}
        stated = case.get("terms", {}) if kind.endswith("Terms") else given.get(name, {})
        unknown = set(stated) - set(fields)
        assert not unknown, f"{kind} has no {sorted(unknown)}"
        return struct(**{f: field_value(stated.get(f), fields[f]) for f in fields})

    def field_value(value: Any, kind: str) -> Any:
        kind = kind.removeprefix("ForwardRef('").removesuffix("')")
        return np.array(value, DTYPES[kind]) if kind in DTYPES else float(value or 0.0)

    return {name: made(name, kind) for name, kind in declared.items()}


def compare(found: Any, expected: Any, what: str) -> None:
    if isinstance(expected, dict):
        for name, value in expected.items():
            compare(getattr(found, name), value, f"{what}.{name}")
        return
    assert np.ravel(found).tolist() == pytest.approx(np.ravel(expected).tolist(), rel=2e-5, abs=1e-7), what


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}: {case['says']}")
def test_month(case: dict[str, Any]) -> None:
    tried = rule(case["rule"])
    after = []
    for function in (tried.kernel, tried.plain):
        values = arguments(tried, case)
        assert set(case["given"]) <= set(values), "the rule asks for nothing of that name"
        returned = function(*values.values())
        for name, expected in case["then"].items():
            compare(values[name], expected, f"{name}: {values[name]}")
        if "returns" in case:
            compare(returned, case["returns"], "what it returns")
        after.append(bits(returned) + b"".join(bits(value) for value in values.values()))
    assert after[0] == after[1], "compiled and plain differ"


def bits(value: Any) -> bytes:
    if isinstance(value, tuple):
        return b"".join(bits(each) for each in value)
    return np.asarray(value, None if isinstance(value, np.ndarray) else float).tobytes() if value is not None else b""
