"""What may grow grows by adding one file; a file that does not declare what it is there for is loud."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

import babble_app.agents
import babble_app.api
import babble_app.llm.providers
import babble_app.tools
from babble_app.agents.agent import all_agents
from babble_app.agents.triage import Kind
from babble_app.api.app import routers
from babble_app.discovery import declared, import_modules
from babble_app.llm.provider import all_providers
from babble_app.tools.toolkit import all_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    AddFile = Callable[[ModuleType, str, str], None]

PACKAGE = Path(__file__).parents[2] / "babble_app"
PROVIDER = (
    "from babble_app.llm.provider import Provider\n"
    'PROVIDER = Provider("{id}", "New", "openai", base_url="https://new.example")\n'
)
TOOL = '''
from babble_app.tools.toolkit import ToolContext, tool

@tool
async def {name}(context: ToolContext) -> str:
    """Do something."""
    return ""
'''
AGENT = """
from babble_app.agents.agent import Agent

async def run(model, request):
    yield

AGENT = Agent(name="{name}", run=run)
"""
ROUTE = """
from fastapi import APIRouter

router = APIRouter(prefix="/api/added")
"""


@pytest.fixture
def add_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddFile]:
    """Put a file into a package, for this test only."""
    added: list[str] = []

    def add(package: ModuleType, name: str, text: str) -> None:
        folder = tmp_path / package.__name__
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(text)
        if str(folder) not in package.__path__:
            monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        importlib.invalidate_caches()
        added.append(f"{package.__name__}.{name}")

    yield add
    for module in added:
        sys.modules.pop(module, None)
        package, _, name = module.rpartition(".")
        vars(sys.modules[package]).pop(name, None)


def test_a_provider_is_one_file(add_file: AddFile) -> None:
    add_file(babble_app.llm.providers, "zz_new", PROVIDER.format(id="zz_new"))

    assert all_providers()["zz_new"].title == "New"


def test_two_providers_of_one_name_are_refused(add_file: AddFile) -> None:
    add_file(babble_app.llm.providers, "zz_second_groq", PROVIDER.format(id="groq"))

    with pytest.raises(ValueError, match="groq"):
        all_providers()


def test_a_tool_is_one_file(add_file: AddFile) -> None:
    add_file(babble_app.tools, "zz_new", TOOL.format(name="zz_new"))

    assert all_tools()["zz_new"].description == "Do something."


def test_two_tools_of_one_name_are_refused(add_file: AddFile) -> None:
    add_file(babble_app.tools, "zz_second", TOOL.format(name="read_file"))

    with pytest.raises(ValueError, match="read_file"):
        all_tools()


def test_an_agent_is_one_file(add_file: AddFile) -> None:
    add_file(babble_app.agents, "zz_new", AGENT.format(name="zz_new"))

    assert all_agents()["zz_new"].name == "zz_new"


def test_two_agents_of_one_name_are_refused(add_file: AddFile) -> None:
    add_file(babble_app.agents, "zz_second", AGENT.format(name="build"))

    with pytest.raises(ValueError, match="build"):
        all_agents()


def test_there_is_an_agent_for_whatever_triage_decides() -> None:
    assert set(all_agents()) >= set(get_args(Kind))


def test_a_route_is_one_file(add_file: AddFile) -> None:
    add_file(babble_app.api, "zz_new", ROUTE)

    assert "/api/added" in [router.prefix for router in routers()]


@pytest.mark.parametrize(
    ("package", "collect"),
    [(babble_app.llm.providers, all_providers), (babble_app.api, lambda: list(routers()))],
)
def test_a_file_without_its_declaration_is_named(
    add_file: AddFile, package: ModuleType, collect: Callable[[], object]
) -> None:
    add_file(package, "zz_empty", '"""Nothing."""\n')

    with pytest.raises(TypeError, match="zz_empty"):
        collect()


def test_private_files_are_left_alone(add_file: AddFile) -> None:
    add_file(babble_app.llm.providers, "_zz_part", '"""Nothing."""\n')

    names = [module.__name__ for module in import_modules(babble_app.llm.providers)]

    assert names == sorted(names)
    assert "babble_app.llm.providers._zz_part" not in names
    assert len(declared(babble_app.llm.providers, "__doc__", str)) == len(names)


@pytest.mark.parametrize(
    ("folder", "wanted"),
    [("pages", {"page"}), ("tools", {"tool", "tool_of"})],
    ids=["pages", "tools"],
)
def test_every_file_declares_what_its_folder_is_for(folder: str, wanted: set[str]) -> None:
    for path in sorted((PACKAGE / folder).glob("[!_]*.py")):
        if path.name == "toolkit.py":
            continue
        assert wanted & decorators(path), f"{path.name} has nothing under any of {wanted}"


def decorators(path: Path) -> set[str]:
    """Name what the module's functions are decorated with, whether called or not, however reached."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        for item in getattr(node, "decorator_list", ()):
            name = item.func if isinstance(item, ast.Call) else item
            found.add(name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", ""))
    return found
