"""Which programme lifts collection most per public yuan in Hengdong?

    uv run python docs/examples/questions/programmes.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. The design: experiments/designs/programmes.toml.
"""

# %%
import sys

from xiaoqu_lab import read_design, report, sweep
from xiaoqu_lab.sweeps.effects import per_yuan


def main(replicates: int = 60) -> None:
    """Run the design, or what is missing of it, and answer."""
    design = read_design("programmes", {"replicates": replicates})
    found = sweep(design, "results/programmes")

    # %%
    table = per_yuan(found, "collection_rate_12m")
    columns = ["factor", "effect", "effect_low", "effect_high", "cost", "group", "ratio", "ratio_low", "ratio_high"]
    print(table.sort_values("effect", ascending=False)[columns].to_string(index=False, float_format="%.3g"))
    print(report("results/programmes", force=True))


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
