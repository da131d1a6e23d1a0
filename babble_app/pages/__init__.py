"""One file per route: layout only; found by the composition root."""
