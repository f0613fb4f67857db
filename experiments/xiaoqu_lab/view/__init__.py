"""The view: watch a district in the browser, ask it why, change its course. `xiaoqu view` opens it."""
