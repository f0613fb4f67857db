"""Mesa's door to the outcomes: a data collector that computes its columns when they are read.

Mesa's plots and `mesa.batch_run` read `model.datacollector`; collecting every outcome every month would cost more
than the month itself, and the history already holds what is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

if TYPE_CHECKING:
    import pandas as pd

    from xiaoqu.district import District


class OutcomeCollector(mesa.DataCollector):
    """Serves the declared outcomes under Mesa's names. Step 1 is month 0."""

    def __init__(self, district: District) -> None:
        self._district = district
        super().__init__()  # type: ignore[no-untyped-call]

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """Outcome name to its values, one per campaign month so far."""
        return {str(name): list(values) for name, values in self._district.outcomes().items()}

    @model_vars.setter
    def model_vars(self, value: dict[str, list[Any]]) -> None:
        """Mesa's constructor sets an empty table; the outcomes are not kept here."""

    @property
    def _collection_steps(self) -> list[int]:
        return list(range(1, self._district.steps + 1))

    @_collection_steps.setter
    def _collection_steps(self, value: list[int]) -> None:
        pass

    def collect(self, model: Any) -> None:
        """Nothing to do: every month is recorded by the schedule's last phase."""

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """The outcomes, indexed by step as Mesa's plots expect."""
        frame = self._district.outcomes()
        frame.index = frame["month"] + 1
        frame.index.name = "Step"
        return frame
