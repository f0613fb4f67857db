"""How fast and how large the model is, beside a plain Mesa version of the same rules: `uv run python -m benchmarks`."""
