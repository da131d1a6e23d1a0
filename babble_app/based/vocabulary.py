"""The names a program may use: what the checker knows is what the interpreter provides (a test compares them)."""

from __future__ import annotations

CORE = frozenset({"say", "print", "extract", "done", "end", "talk"})
CHANNEL = frozenset(
    {"transfer", "transfer_call", "end_call", "hangup", "click_ivr", "send_sms", "send_image"}
)
SERVICES = frozenset({
    "api", "integrations", "airtable", "asana", "brainbase_table", "calendly", "discord", "gmail", "google_calendar",
    "google_docs", "google_drive", "google_sheets", "hubspot", "jira", "notion", "outlook", "salesforce", "slack",
    "stripe", "trello", "twilio", "zendesk",
})  # fmt: skip
"""Outside services; older programs name some directly, without `integrations`."""
PYTHON = frozenset({
    "abs", "all", "any", "bin", "bool", "callable", "chr", "classmethod", "dict", "divmod", "enumerate", "filter",
    "float", "format", "frozenset", "hash", "hex", "int", "isinstance", "issubclass", "iter", "len", "list", "map",
    "max", "min", "next", "object", "oct", "ord", "pow", "property", "range", "repr", "reversed", "round", "set",
    "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "zip",
})  # fmt: skip
ERRORS = frozenset({
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "ConnectionError", "EOFError", "Exception",
    "ImportError", "IndexError", "KeyError", "LookupError", "NameError", "NotImplementedError", "OSError",
    "OverflowError", "PermissionError", "RecursionError", "RuntimeError", "StopIteration", "TimeoutError", "TypeError",
    "UnboundLocalError", "UnicodeError", "ValueError", "ZeroDivisionError",
})  # fmt: skip
DATA = frozenset({"state", "variables", "true", "false", "null", "NotImplemented", "__name__"})
BUILTINS = CORE | CHANNEL | SERVICES | PYTHON | ERRORS | DATA

MODULES = frozenset({
    "asyncio", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "functools", "itertools", "json",
    "math", "random", "re", "requests", "statistics", "string", "time", "typing", "uuid", "zoneinfo",
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

SYSTEM_MODULES = frozenset({
    "os", "sys", "subprocess", "socket", "shutil", "pathlib", "importlib", "builtins", "ctypes",
})  # fmt: skip
"""Names that mean these modules where a program forgot to import them."""

UNSUPPORTED = frozenset({
    "aiter", "anext", "ascii", "bytearray", "bytes", "complex", "dir", "hasattr", "help", "id", "input", "slice",
}) - BUILTINS  # fmt: skip
"""Python's functions that would do no harm, but are not there: a warning."""

SPECIAL_METHODS = frozenset({
    "__abs__", "__add__", "__aenter__", "__aexit__", "__and__", "__annotations__", "__bool__", "__call__",
    "__contains__", "__delitem__", "__doc__", "__enter__", "__eq__", "__exit__", "__float__", "__floordiv__",
    "__format__", "__ge__", "__getattr__", "__getitem__", "__gt__", "__hash__", "__iadd__", "__imul__", "__init__",
    "__int__", "__invert__", "__isub__", "__iter__", "__le__", "__len__", "__lshift__", "__lt__", "__match_args__",
    "__mod__", "__mul__", "__ne__", "__neg__", "__next__", "__or__", "__pos__", "__post_init__", "__pow__",
    "__radd__", "__rand__", "__repr__", "__reversed__", "__rfloordiv__", "__rmod__", "__rmul__", "__ror__",
    "__round__", "__rpow__", "__rshift__", "__rsub__", "__rtruediv__", "__rxor__", "__setitem__", "__str__",
    "__sub__", "__truediv__", "__xor__",
})  # fmt: skip
"""What a class may define of Python's own names."""
DUNDERS = SPECIAL_METHODS | {"__class__", "__name__"}
"""Names with double underscores that may stand behind a dot."""


def is_dunder(name: str) -> bool:
    """Whether a name is one of Python's own, with two underscores on both sides."""
    return len(name) > 4 and name.startswith("__") and name.endswith("__")
