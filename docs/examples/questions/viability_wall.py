"""Below which size does no property company come or stay, at which fee and crew cost?

    uv run python docs/examples/questions/viability_wall.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. The design: experiments/designs/viability_wall.toml.
"""

# %%
import sys

from xiaoqu_lab import read_design, sweep


def main(replicates: int = 20) -> None:
    """Run the design, or what is missing of it, and answer."""
    design = read_design("viability_wall", {"replicates": replicates})
    found = sweep(design, "results/viability_wall")

    # %%
    served = found.measure("share_property_company").merge(found.points, on="point")
    by = served.pivot_table(
        index="places.size_median", columns=["firms.fixed_cost", "modes.property_company.fee"], values="value"
    )
    print("share of compounds with a company, last month: flats down, fixed cost and fee across")
    print(by.to_string(float_format="%.2f"))


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
