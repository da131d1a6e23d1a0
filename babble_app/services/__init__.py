"""Use cases, one file per noun: they check the owner, decide, and store."""
