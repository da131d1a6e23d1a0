"""The names a program may use: what the checker knows is what the interpreter provides (a test compares them)."""

from __future__ import annotations

CORE = frozenset({"say", "print", "extract", "done", "end", "talk"})
CHANNEL = frozenset(
    {"transfer", "transfer_call", "end_call", "hangup", "click_ivr", "send_sms", "send_image"}
)
SERVICES = frozenset({"api", "integrations"})
PYTHON = frozenset({
    "abs", "all", "any", "bool", "callable", "chr", "dict", "divmod", "enumerate", "filter", "float", "format",
    "frozenset", "int", "isinstance", "iter", "len", "list", "map", "max", "min", "next", "ord", "pow", "range",
    "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip",
})  # fmt: skip
ERRORS = frozenset({
    "ArithmeticError", "AssertionError", "AttributeError", "ConnectionError", "Exception", "IndexError", "KeyError",
    "LookupError", "NameError", "NotImplementedError", "OverflowError", "RuntimeError",
    "TimeoutError", "TypeError", "ValueError", "ZeroDivisionError",
})  # fmt: skip
DATA = frozenset({"state", "variables", "true", "false", "null"})
BUILTINS = CORE | CHANNEL | SERVICES | PYTHON | ERRORS | DATA

MODULES = frozenset({
    "asyncio", "collections", "datetime", "json", "math", "random", "re", "requests", "string", "time", "typing",
    "uuid", "zoneinfo",
})  # fmt: skip

HARMLESS_MODULES = frozenset({
    "__future__", "abc", "base64", "bisect", "calendar", "contextlib", "copy", "csv", "dataclasses", "decimal", "difflib",
    "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html", "itertools", "logging", "numbers", "operator",
    "pprint", "secrets", "statistics", "textwrap", "types", "unicodedata", "urllib", "warnings",
}) - MODULES  # fmt: skip
"""Modules that would do no harm, but are not there either: a warning, since the program is right."""

FORBIDDEN = frozenset({
    "__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "getattr", "globals", "locals",
    "memoryview", "open", "quit", "setattr", "vars",
})  # fmt: skip
"""Python's functions that would leave the sandbox or look into it."""

UNSUPPORTED = frozenset({
    "aiter", "anext", "ascii", "bin", "bytearray", "bytes", "classmethod", "complex", "dir", "hasattr", "hash", "help",
    "hex", "id", "input", "issubclass", "object", "oct", "property", "slice", "staticmethod", "super", "type",
}) - BUILTINS  # fmt: skip
"""Python's functions that would do no harm, but are not there: a warning."""
