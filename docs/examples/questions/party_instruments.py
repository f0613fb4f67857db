"""What is lost if one of the Party's instruments is taken away, and is it less than the sum if all are?

    uv run python docs/examples/questions/party_instruments.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. The design: experiments/designs/party_instruments.toml.
"""

# %%
import sys

from xiaoqu_lab import read_design, sweep
from xiaoqu_lab.sweeps.intervals import of_mean


def main(replicates: int = 100) -> None:
    """Run the design, or what is missing of it, and answer."""
    design = read_design("party_instruments", {"replicates": replicates})
    found = sweep(design, "results/party_instruments")

    # %%
    lost = found.differences("collection_rate_12m", base=0).groupby("point")["difference"]
    for point, differences in lost:
        label = found.points.set_index("point").loc[point, "label"]
        mean, low, high, _ = of_mean(differences.to_numpy())
        print(f"{100 * mean:+6.1f} points ({100 * low:+.1f} to {100 * high:+.1f})  {label}")
    single = lost.mean().iloc[:-1].sum()
    print(f"sum of the single losses {100 * single:+.1f}, all at once {100 * lost.mean().iloc[-1]:+.1f}")


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
