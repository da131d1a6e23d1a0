"""The command line's commands, one file each; `add(commands)` declares a command's options and what carries it out.

A command imports what it needs when it is carried out, so that `--help` and the quick ones answer at once.
"""
