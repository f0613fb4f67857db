"""The same compounds under a property company, a committee, a council, or nobody: who collects, who settles, who lasts?

    uv run python docs/examples/questions/three_modes.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. The design: experiments/designs/three_modes.toml.
"""

# %%
import sys

from xiaoqu_lab import read_design, sweep


def main(replicates: int = 60) -> None:
    """Run the design, or what is missing of it, and answer."""
    design = read_design("three_modes", {"replicates": replicates})
    found = sweep(design, "results/three_modes")

    # %%
    last = found.outcomes[found.outcomes["month"] == design.months - 1]
    names = {point.number: dict(point.differences).get("modes.initial", "unmanaged") for point in design.points}
    means = last.groupby("point")[["collection_rate_12m", "resolution_rate", "satisfaction", "share_unmanaged"]].mean()
    print(means.rename(index=names).to_string(float_format="%.3f"))


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
