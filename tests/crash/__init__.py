"""Kill sweeps and damage stores: `uv run python -m tests.crash --kills 200 --flips 1000`."""
