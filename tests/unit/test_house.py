"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "babble_app"
# What concerns everybody, comes before anybody is known, or goes by a secret instead of an id.
NO_OWNER = {
    "store/users.py": {
        "find_user_by_email", "count_users", "list_users", "find_login", "touch_login", "delete_login_by_token",
        "delete_old_logins",
    },
    "store/files.py": {"list_unread", "used_contents"},
    "store/idempotency.py": {"delete_old_answers"},
    "store/apps.py": {"find_by_token", "find_by_token_id", "find_by_slug", "find_by_id", "is_slug_taken", "find_owner",
        "list_token_owners", "list_retentions"},
    "store/api_keys.py": {"find_by_hash"},
    "store/budgets.py": {"list_all"},
    "store/keys.py": {"list_providers"},
    "store/usage.py": {"list_spent", "name_people"},
    "store/runs.py": {"list_left_open", "add_events", "mark_running", "mark_ended"},
    "services/accounts.py": {"register", "log_in", "create_user", "list_users", "suspend_user"},
    "services/logins.py": {"find_user_by_login", "log_out"},
    "services/access_tokens.py": {"make_access_token", "find_user_by_bearer"},
    "services/files.py": {"recover"},
    "services/idempotency.py": {"forget_old_answers"},
    "services/runs.py": {"recover", "launch"},
    "services/run_storing.py": {"store"},  # of a run that the driver itself began
    "services/app_callers.py": {"find_caller", "find_app", "frame_ancestors"},
    "services/visitors.py": {"begin_visit"},
    "services/visit_removal.py": {"delete_overdue"},
    "services/api_keys.py": {"find_user_by_key"},
}  # fmt: skip
# The client is a library of its own: it runs in other people's programs, and its package is what they import from.
READERS_OF_THE_ENVIRONMENT = {"settings.py", "sdk/configuration.py"}
WITH_NAMES_TO_IMPORT = {"sdk/__init__.py"}
COMMITTERS = {"store/engine.py", "store/writer.py", "store/migrations.py"}


def modules(folder: str = ".") -> list[str]:
    return sorted(path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / folder).rglob("*.py"))


def parse(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def names_of_parameters(function: ast.AsyncFunctionDef | ast.FunctionDef) -> list[str]:
    arguments = function.args
    return [item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def public_functions(module: str) -> list[ast.AsyncFunctionDef | ast.FunctionDef]:
    return [
        node
        for node in parse(module).body
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name[0] != "_"
    ]


def attributes_used(tree: ast.AST) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _ends(node: ast.AST, name: str) -> bool:
    """Say whether the expression is `name` or `something.name`."""
    return (isinstance(node, ast.Name) and node.id == name) or (
        isinstance(node, ast.Attribute) and node.attr == name
    )


@pytest.mark.parametrize("module", [item for item in modules("store") if item.count("/") == 1])
def test_queries_take_an_owner(module: str) -> None:
    for function in public_functions(module):
        parameters = names_of_parameters(function)
        if parameters[:1] != ["db"] or function.name in NO_OWNER.get(module, ()):
            continue
        assert parameters[1:2] == ["owner_id"], f"{module}: {function.name}"
        used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        assert "owner_id" in used, f"{module}: {function.name} takes an owner and ignores it"


@pytest.mark.parametrize("module", modules("services"))
def test_services_that_touch_rows_take_an_owner(module: str) -> None:
    for function in public_functions(module):
        parameters = names_of_parameters(function)
        touches = attributes_used(function) & {
            "unit_of_work",
            "reading",
            "fetch",
            "write",
            "enqueue",
        }
        if parameters[:1] != ["rt"] or not touches or function.name in NO_OWNER.get(module, ()):
            continue
        # An AppCaller comes from a checked token, and says whose app and which visitor it is; an Operator is a person, or holds
        # the server's own key.
        assert parameters[1] in {"owner_id", "caller", "operator"}, f"{module}: {function.name}"


@pytest.mark.parametrize("module", modules())
def test_only_the_units_of_work_commit(module: str) -> None:
    called = {
        node.func.attr
        for node in ast.walk(parse(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    assert module in COMMITTERS or "commit" not in called


@pytest.mark.parametrize("module", modules())
def test_only_the_settings_read_variables_of_the_environment(module: str) -> None:
    # Setting variables for a library, or handing all of them to a child, is no reading of configuration.
    reads = [
        node.lineno
        for node in ast.walk(parse(module))
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _ends(node.value, "environ"))
        or (isinstance(node, ast.Attribute) and node.attr == "get" and _ends(node.value, "environ"))
        or _ends(node, "getenv")
    ]  # fmt: skip

    assert module in READERS_OF_THE_ENVIRONMENT or reads == []


@pytest.mark.parametrize("module", modules("store"))
def test_reflex_sessions_are_not_used(module: str) -> None:
    assert not {"asession", "session"} & {
        node.attr
        for node in ast.walk(parse(module))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "rx"
    }


@pytest.mark.parametrize("module", sorted(WITH_NAMES_TO_IMPORT))
def test_a_library_has_its_names_and_nothing_else_in_its_package(module: str) -> None:
    described, *imports, names = parse(module).body

    assert isinstance(described, ast.Expr)
    assert all(isinstance(node, ast.ImportFrom) for node in imports)
    assert isinstance(names, ast.Assign)
    imported = {
        name.name for node in imports if isinstance(node, ast.ImportFrom) for name in node.names
    }
    assert set(ast.literal_eval(names.value)) == imported


@pytest.mark.parametrize(
    "module",
    [
        item
        for item in modules()
        if item.endswith("__init__.py") and item not in WITH_NAMES_TO_IMPORT
    ],
)
def test_a_package_says_what_it_owns_and_holds_no_code(module: str) -> None:
    tree = parse(module)

    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_the_exceptions_named_here_exist() -> None:
    for module, names in NO_OWNER.items():
        assert names <= {function.name for function in public_functions(module)}, module
