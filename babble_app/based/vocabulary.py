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

FORBIDDEN = frozenset({
    "__import__", "breakpoint", "compile", "delattr", "dir", "eval", "exec", "exit", "getattr", "globals", "hasattr",
    "help", "id", "input", "locals", "memoryview", "object", "open", "property", "quit", "setattr", "super", "type",
    "vars",
})  # fmt: skip
"""Python's functions that would leave the sandbox or look into it."""
