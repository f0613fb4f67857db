"""What is left of collection and of the new bodies, years after the campaign has ended?

    uv run python docs/examples/questions/after_the_campaign.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. The design: experiments/designs/after_the_campaign.toml.
"""

# %%
import sys

from xiaoqu_lab import read_design, sweep


def main(replicates: int = 60) -> None:
    """Run the design, or what is missing of it, and answer."""
    design = read_design("after_the_campaign", {"replicates": replicates})
    found = sweep(design, "results/after_the_campaign")

    # %%
    months = found.outcomes[found.outcomes["month"].isin([11, 23, 35, 47, 59, 71])]
    curves = months.merge(found.points, on="point").pivot_table(
        index="campaign.months", columns="month", values="collection_rate_12m"
    )
    print("collection of the last 12 months: length of the campaign down, month across")
    print(curves.to_string(float_format="%.3f"))


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
