"""Sweeps: a design says which scenarios to run, an engine runs them, a store keeps what came out, answers read it.

design → samplers → runs (on an engine) → store → measures → compare, effects, sensitivity, discover → report
"""
