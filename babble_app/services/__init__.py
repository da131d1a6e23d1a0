"""Use cases, one file per noun: what pages, API and command line may ask for, always on behalf of an owner."""
