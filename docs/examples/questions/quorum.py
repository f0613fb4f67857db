"""With how many empty flats does no assembly reach its quorum, and do online ballots or teams at the door help?

    uv run python docs/examples/questions/quorum.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. The design: experiments/designs/quorum.toml.
"""

# %%
import sys

from xiaoqu_lab import read_design, sweep


def main(replicates: int = 20) -> None:
    """Run the design, or what is missing of it, and answer."""
    design = read_design("quorum", {"replicates": replicates})
    found = sweep(design, "results/quorum")

    # %%
    totals = found.outcomes.groupby(["point", "replicate"])[["assemblies", "assemblies_valid"]].sum()
    held = totals.groupby("point").sum().join(found.points.set_index("point"))
    held["valid"] = held["assemblies_valid"] / held["assemblies"]
    by = held.pivot_table(
        index="places.vacancy", columns=["levers.online_ballots", "assembly.mobilisation_campaign"], values="valid"
    )
    print("share of assemblies with the quorum: vacancy down, online ballots and mobilisation across")
    print(by.to_string(float_format="%.2f"))


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
