"""The database's tables, one file per noun; every module here is found by `store.migrations.metadata`."""
