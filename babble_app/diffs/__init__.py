"""Make, read and apply diffs of one text. Pure: no network, no database, no files."""
