"""Providers of models, one file each: `PROVIDER = Provider(...)` is all that a new one needs."""
