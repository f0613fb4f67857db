"""The benchmark compares like with like: its plain Mesa version follows the model's own rules."""

import pytest
from benchmarks import agreement
from benchmarks.plain_mesa import PlainDistrict


def test_plain_version_and_model_agree() -> None:
    assert agreement.compare(range(3), households=20_000, compounds=125).faults() == []


@pytest.mark.slow
def test_plain_version_and_model_agree_over_thirty_seeds() -> None:
    comparison = agreement.compare(range(30), households=20_000, compounds=125)
    assert comparison.faults() == []
    for name, ours, theirs, error in zip(agreement.Rates._fields, *comparison, strict=True):
        assert abs(ours - theirs) <= agreement.CHANCE * error + agreement.ROUNDING, name


@pytest.mark.parametrize(
    ("terms", "field", "change", "rate"),
    [
        ("payment_terms", "base", 0.2, "paid"),
        ("problem_terms", "rate", 0.002, "problems"),
        ("judgement_terms", "w_service", 0.05, "satisfaction"),
    ],
)
def test_a_wrong_rule_is_noticed(
    monkeypatch: pytest.MonkeyPatch, terms: str, field: str, change: float, rate: str
) -> None:
    def step_otherwise(plain: PlainDistrict) -> None:
        if plain.month == 12:
            right = getattr(plain, terms)
            setattr(plain, terms, right._replace(**{field: getattr(right, field) + change}))
        plain.problems()
        plain.judgement()
        plain.payment()
        plain.month += 1

    monkeypatch.setattr(PlainDistrict, "step", step_otherwise)
    faults = agreement.compare(range(4), households=20_000, compounds=125).faults()
    assert any(fault.startswith(f"{rate}:") for fault in faults)
