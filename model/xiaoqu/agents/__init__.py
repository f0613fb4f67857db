"""Who lives and decides in a district.

Households and Party members (views of columns), and the deliberate Mesa agents.
"""
