"""The Based language: parser, checker, interpreter and its guide. Pure: no network, no database, no Reflex."""
