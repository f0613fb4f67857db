"""What there is to say of a compound, its bodies and a household: labels and values in one language.

Values carry their unit. Members that are households are given by their rows, so that they can be picked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.explain_words import AGENDA
from xiaoqu.issues import NEVER, SETTLERS, TIERS
from xiaoqu.tally import AGES, INDEX
from xiaoqu.world import CHIEF, COMMITTEE_MEMBER, COUNCIL_MEMBER, MARKET_FIRM, PARTY
from xiaoqu_lab.texts import Lang, mode_name, text
from xiaoqu_lab.view.series import YEAR

if TYPE_CHECKING:
    from xiaoqu import District
    from xiaoqu.columns import F8

ROLES = (("committee", COMMITTEE_MEMBER), ("council", COUNCIL_MEMBER), ("chief", CHIEF), ("party", PARTY))
TENURES = ("owner", "tenant", "absent")
TYPES = ("conditional", "free_rider", "hump", "unconditional")


class Fact(NamedTuple):
    """A label and its value; `change` is against a year ago, "" without."""

    label: str
    value: str
    change: str = ""


class Body(NamedTuple):
    """A body of the compound; `households` are the rows of its members, where members are households."""

    key: str
    title: str
    facts: tuple[Fact, ...]
    households: tuple[int, ...] = ()


class Counted(NamedTuple):
    """Something counted; `share` is its part of the largest of its kind."""

    label: str
    number: int
    share: float


class Matters(NamedTuple):
    """The matters of a compound: open ones by age and by tier, and who settled those of the last 12 months."""

    open: int
    latent: int
    by_age: tuple[Counted, ...]
    by_tier: tuple[Counted, ...]
    year: tuple[Fact, ...]
    settled: tuple[Counted, ...]


def yuan(fen: int) -> str:
    """An amount in yuan, exact to the fen."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'−' if fen < 0 else ''}{whole:,}.{rest:02}"


def percent(share: float, lang: Lang) -> str:
    """A share in per cent."""
    return "–" if np.isnan(share) else f"{100 * share:.0f}{'%' if lang == 'zh' else ' %'}"


def _said(key: str, lang: Lang, value: str, change: str = "") -> Fact:
    return Fact(text(f"fact.{key}", lang), value, change)


def _yes(lang: Lang, said: object) -> str:
    return text("fact.yes" if said else "fact.no", lang)


def _month(month: int, lang: Lang) -> str:
    return text("fact.month", lang, month=month)


def place(district: District, row: int, lang: Lang) -> tuple[Fact, ...]:
    """The place, and what its bodies have decided for it."""
    c, agent = district.world.compounds, district.compound(row)
    roster = district.scenario.ledger
    community = (roster[row].community if roster else None) or text(
        "fact.community_number", lang, row=agent.community.row
    )
    flats, lived = int(c.households[row]), int(c.occupied[row])
    facts = [
        _said("community", lang, community),
        _said("households", lang, text("fact.lived_in", lang, flats=flats, lived=lived, vacant=flats - lived)),
        _said("stairwells", lang, f"{int(c.stairwells[row])}"),
        _said("area", lang, f"{0.01 * int(c.area[row]):,.0f} m²"),
        _said("infrastructure", lang, percent(float(c.infrastructure[row]), lang)),
        _said("party", lang, f"{int(c.party[row])}"),
        _said("frailty", lang, f"× {float(c.frailty[row]):.2f}"),
        _said("dues", lang, dues(district, row, lang)),
        _said("covered", lang, percent(float(c.covered[row]), lang)),
        _said("trustee", lang, _yes(lang, c.trustee[row])),
        _said("published", lang, _yes(lang, c.published[row] > 0)),
        _said("leased", lang, _yes(lang, c.leased[row] > 0)),
        _said("refusal", lang, _yes(lang, c.refusal[row])),
    ]
    return tuple(facts)


def dues(district: District, row: int, lang: Lang) -> str:
    """What a household is charged, how often, and when the next bill goes out."""
    c = district.world.compounds
    fee, flat = 0.01 * float(c.fee[row]), 0.01 * float(c.flat_fee[row])
    if fee <= 0.0 and flat <= 0.0:
        return text("fact.no_dues", lang)
    parts = [text("fact.fee", lang, fee=fee)] if fee > 0.0 else []
    parts += [text("fact.flat_fee", lang, fee=flat)] if flat > 0.0 else []
    every, offset = int(c.billing[row]), int(c.bill_offset[row])
    coming = district.month + (offset - district.month) % every
    return text("fact.billing", lang, dues=" + ".join(parts), every=every, coming=coming)


def figures(district: District, row: int, lang: Lang) -> tuple[Fact, ...]:
    """How the compound stands at the end of the month, and how that has changed in a year."""
    history = district.world.tally.history
    now = history[-1][:, row]
    before = history[-1 - YEAR][:, row] if len(history) > YEAR else None

    def ratio(data: F8, top: str, below: str) -> float:
        return float(data[INDEX[top]] / data[INDEX[below]]) if data[INDEX[below]] > 0 else float("nan")

    facts = []
    for key, top, below in (
        ("collection", "collected_12m", "billed_12m"),
        ("collection_households", "bills_paid_12m", "bills_12m"),
        ("resolution", "settled_12m", "reported_12m"),
    ):
        value = ratio(now, top, below)
        change = value - ratio(before, top, below) if before is not None else float("nan")
        facts.append(_said(key, lang, percent(value, lang), _points(change, lang)))
    for key in ("satisfaction", "trust", "quality"):
        change = now[INDEX[key]] - before[INDEX[key]] if before is not None else float("nan")
        facts.append(_said(key, lang, percent(float(now[INDEX[key]]), lang), _points(float(change), lang)))
    return tuple(facts)


def _points(change: float, lang: Lang) -> str:
    return "" if np.isnan(change) else text("fact.in_a_year", lang, change=f"{100 * change:+.0f}".replace("-", "−"))


def agenda(district: District, row: int, lang: Lang) -> tuple[Fact, ...]:
    """What is on the agenda next, for the compound and for all."""
    due = sorted([*district.agenda.upcoming(row), *district.agenda.upcoming(-1)])
    return tuple(Fact(_month(item.month, lang), AGENDA.get(item.kind, (item.kind,) * 2)[lang == "zh"]) for item in due)


def bodies(district: District, row: int, lang: Lang) -> tuple[Body, ...]:
    """Branch, committee, council and firm, as far as there are any."""
    found = [
        _branch(district, row, lang),
        _committee(district, row, lang),
        _council(district, row, lang),
        *_firms(district, row, lang),
    ]
    return tuple(body for body in found if body is not None)


def _members(district: District, row: int, role: int) -> tuple[int, ...]:
    world, flats = district.world, district.world.flats(row)
    return tuple((flats.start + np.flatnonzero(world.households.roles[flats] & role)).tolist())


def _branch(district: District, row: int, lang: Lang) -> Body | None:
    branch, c = district.compound(row).branch, district.world.compounds
    if branch is None:
        return None
    announced = int(c.announced[row])
    facts = [
        _said("founded", lang, _month(branch.founded, lang)),
        _said("kind", lang, text("fact.joint" if branch.joint else "fact.own_branch", lang)),
        _said("strength", lang, percent(branch.strength, lang)),
        _said("members", lang, f"{branch.members} + {c.members_in_service[row]:.0f}"),
        _said("announced", lang, _month(announced, lang) if announced >= 0 else text("fact.never", lang)),
    ]
    return Body("branch", text("body.branch", lang), tuple(facts), _members(district, row, PARTY))


def _committee(district: District, row: int, lang: Lang) -> Body | None:
    committee, c = district.compound(row).committee, district.world.compounds
    if committee is None:
        return None
    facts = [
        _said("elected", lang, _month(committee.elected, lang)),
        _said("term_ends", lang, _month(committee.term_ends, lang)),
        _said("effort", lang, percent(committee.effort, lang)),
        _said("functions", lang, _yes(lang, committee.functions)),
        _said("weak_months", lang, f"{c.weak_months[row]:.0f}"),
        _said("accounts_open", lang, _yes(lang, committee.accounts_open)),
        _said("cross", lang, _yes(lang, c.cross[row] > 0)),
    ]
    return Body("committee", text("body.committee", lang), tuple(facts), _members(district, row, COMMITTEE_MEMBER))


def _council(district: District, row: int, lang: Lang) -> Body | None:
    council, c = district.compound(row).council, district.world.compounds
    if council is None:
        return None
    facts = [
        _said("founded", lang, _month(council.founded, lang)),
        _said("volunteers", lang, f"{council.volunteers}"),
        _said("drive", lang, percent(council.drive, lang)),
        _said("weak_months", lang, f"{c.weak_months[row]:.0f}"),
    ]
    return Body("council", text("body.council", lang), tuple(facts), _members(district, row, COUNCIL_MEMBER))


def _firms(district: District, row: int, lang: Lang) -> list[Body]:
    """The firm under contract, and the one that was awarded the next contract."""
    c, agent, found = district.world.compounds, district.compound(row), []
    if agent.contract is not None and c.firm[row] >= 0:
        firm, offer = district.firms[int(c.firm[row])], agent.contract
        facts = [
            _firm_kind(district, firm.row, lang),
            _said("since", lang, _month(int(c.mode_since[row]), lang)),
            _said("fee_label", lang, text("fact.fee", lang, fee=0.01 * float(c.fee[row]))),
            _said("crew", lang, percent(float(c.crew[row]), lang)),
            _said("shirk", lang, percent(float(c.shirk[row]), lang)),
            _said("rating", lang, percent(firm.rating, lang)),
            _said("red", lang, _yes(lang, firm.red)),
            _said("contract_result", lang, f"{float(c.contract_result[row]):,.0f}".replace("-", "−")),
            _said("bundle", lang, f"{len(agent.bundle)}"),
            _said("contracts", lang, f"{len(firm.compounds)}"),
        ]
        if offer.subsidy > 0:
            facts.append(_said("subsidy", lang, f"{offer.subsidy:,.0f}"))
        found.append(Body("firm", text("body.firm", lang, row=firm.row), tuple(facts)))
    if agent.offer is not None:
        facts = [
            _firm_kind(district, agent.offer.firm, lang),
            _said("fee_label", lang, text("fact.fee", lang, fee=agent.offer.fee)),
            _said("bundle", lang, f"{len(agent.offer.rows)}"),
        ]
        found.append(Body("offer", text("body.offer", lang, row=agent.offer.firm), tuple(facts)))
    return found


def _firm_kind(district: District, firm: int, lang: Lang) -> Fact:
    market = district.world.firms.kind[firm] == MARKET_FIRM
    return _said("kind", lang, text("fact.market" if market else "fact.community_firm", lang))


def matters(district: District, row: int, lang: Lang) -> Matters:
    """Open matters by age and by tier at the end of the month; the last 12 months by what became of them."""
    issues, count = district.world.issues, len(district.world.issues)
    here = issues.columns.compound[:count] == row
    heard = here & (issues.columns.reported[:count] != NEVER)
    tiers = np.bincount(issues.columns.tier[:count][heard], minlength=len(TIERS)).tolist()
    history = district.world.tally.history
    now = history[-1][:, row]
    ages = [int(now[INDEX[f"backlog_{age}"]]) for age in AGES]
    months = history[-YEAR:]
    year = {name: sum(int(data[INDEX[name], row]) for data in months) for name in ("problems", "reported", "lapsed")}
    settled = [sum(int(data[INDEX[f"settled_by_{name}"], row]) for data in months) for name in SETTLERS]
    return Matters(
        int(heard.sum()),
        int(here.sum()) - int(heard.sum()),
        _counts(ages, [text(f"figure.{age}", lang) for age in AGES]),
        _counts(tiers, [text(f"tier.{place}", lang) for place in range(len(TIERS))]),
        (
            *(_said(name, lang, f"{value:,}") for name, value in year.items()),
            _said("settled", lang, f"{sum(settled):,}"),
        ),
        _counts(settled, [text(f"settler.{name}", lang) for name in SETTLERS]),
    )


def _counts(counts: list[int], labels: list[str]) -> tuple[Counted, ...]:
    most = max(counts, default=0) or 1
    return tuple(Counted(label, count, count / most) for label, count in zip(labels, counts, strict=True))


def household(district: District, row: int, lang: Lang) -> tuple[Fact, ...]:
    """The state of a household at the end of the month."""
    h = district.world.households
    held = [text(f"household.{key}", lang) for key, role in ROLES if h.roles[row] & role]
    facts = [
        _said("flat_area", lang, f"{0.01 * int(h.area[row]):.1f} m²"),
        _said("income", lang, f"{float(h.income[row]):,.0f}"),
        _said("tenure", lang, text(f"household.{TENURES[int(h.tenure[row])]}", lang)),
        _said("type", lang, text(f"household.{TYPES[int(h.cooperator[row])]}", lang)),
        _said("roles", lang, text("fact.comma", lang).join(held) or text("fact.none", lang)),
        _said("belief", lang, percent(float(h.belief[row]), lang)),
        _said("satisfaction", lang, percent(float(h.satisfaction[row]), lang)),
        _said("trust", lang, percent(float(h.trust[row]), lang)),
        _said("habit", lang, percent(float(h.habit[row]), lang)),
        _said("bill", lang, yuan(int(h.bill[row]))),
        _said("arrears", lang, yuan(int(h.arrears[row]))),
    ]
    return tuple(facts)


def mode_said(district: District, row: int, lang: Lang) -> str:
    """The mode a compound is under."""
    return mode_name(district.compound(row).mode_name, lang, district.mode_titles)
