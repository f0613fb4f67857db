"""Which values of shared parameters agree with what Hengdong and Xiashesi report, and which can nobody know from it?

    uv run python docs/examples/questions/calibration.py [REPLICATES]

The cells (# %%) open as a notebook in editors that know them. It answers with an ensemble and changes no scenario.
"""

# %%
import sys

from xiaoqu_lab import calibrate, read_design, sweep

VARY = {
    "payment.base": (-0.5, 1.2),
    "payment.visit": (0.0, 2.0),
    "problems.rate": (0.03, 0.10),
    "response.tier_capacity": (0.5, 3.0),
}
OUT = "results/calibration"


def main(replicates: int = 8) -> None:
    """Run the samples, or what is missing of them, and answer; then ask the whole ensemble a question."""
    found = calibrate(["hengdong", "xiashesi"], VARY, OUT, samples=32 * replicates, replicates=replicates)
    print(found.parameters.to_string(index=False, float_format="%.3g"))
    print(found.targets[["target", "reported", "low", "median", "high", "verdict"]].to_string(index=False))
    print(found.conflicts.to_string(index=False, float_format="%.3g"))

    # %%
    design = read_design(f"{OUT}/ensemble_hengdong.toml", {"replicates": replicates})
    settled = sweep(design, "results/calibration_hengdong").measure("resolution_rate:last")["value"]
    low, high = settled.quantile([0.05, 0.95])
    print(f"share of matters settled in Hengdong, 5-95 % over the ensemble: {low:.2f} to {high:.2f}")


if __name__ == "__main__":  # worker processes import this file
    main(*map(int, sys.argv[1:]))
