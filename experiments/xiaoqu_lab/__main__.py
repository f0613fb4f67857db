"""`python -m xiaoqu_lab` is the command `xiaoqu`."""

from xiaoqu_lab.cli import main

main()
