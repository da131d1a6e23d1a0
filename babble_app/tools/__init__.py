"""Functions that a model may call, one file for each; found by `toolkit.all_tools`."""
