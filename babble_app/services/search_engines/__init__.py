"""Search engines of the web, one file for each; found by `search_engine.all_engines`."""
