"""Does a faster campaign help if the community cannot settle more matters?

    uv run python docs/examples/questions/campaign_capacity.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. The design: experiments/designs/campaign_capacity.toml.
"""

# %%
import sys

from xiaoqu_lab import read_design, sweep


def main(replicates: int = 40) -> None:
    """Run the design, or what is missing of it, and answer."""
    design = read_design("campaign_capacity", {"replicates": replicates})
    found = sweep(design, "results/campaign_capacity")

    # %%
    settled = found.measure("resolution_rate").merge(found.points, on="point")
    by = settled.pivot_table(index="campaign.pace", columns="response.tier_capacity", values="value")
    print("share of reported matters settled, last month: pace down, capacity across")
    print(by.to_string(float_format="%.3f"))


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
