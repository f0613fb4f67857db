"""Who lives and decides in a district: households and Party members (views of columns), and the deliberate Mesa agents."""
