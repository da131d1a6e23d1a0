"""The offline demo model `demo/based`: rules instead of an AI, without a network; it says so.

It answers each task of `schemas.models.Task`: greetings and questions (`answering`), programs from descriptions and diffs for
wishes (`building`), turns of a test conversation (`conversation`), values, summaries and rewordings (`extraction`).

A message may tell it to make a mistake, `(demo: NAME)`, so that repair loops can be watched; it mends the mistake in the next
round. The names are the keys of `mistakes.DIRECTIVES`: `bad indentation`, `fence`, `wrong counts`, `lazy`, and `never valid`,
which is never mended.
"""
