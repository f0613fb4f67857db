"""What one does with the world: run it, compare it with what was reported, ask it why, look at it.

from xiaoqu import load_scenario
from xiaoqu_lab.simulate import simulate
result = simulate(load_scenario("hengdong"), seed=7)
result.comparisons

Nothing is imported here, so that the command line's help needs no simulation.
"""
