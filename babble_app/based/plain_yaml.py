"""YAML as far as it is JSON in a readable form: everything else is refused with its line.

No tags, no anchors and aliases, no dates, `true` and `false` and no other words for them; of a key that stands twice both are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, cast

import yaml

from babble_app.errors import ValidationFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_DEPTH = 60
_MAX_NODES = 500_000
_NULL = re.compile(r"null|~|", re.ASCII)
_BOOL = re.compile(r"true|false", re.ASCII)
_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]")
"""Characters that readers change or refuse unless they are escaped."""
_TAG = "tag:yaml.org,2002:"
_yaml = cast("Any", yaml)
"""Where its type stubs leave parameters open."""
_FastDumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_FastLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class InvalidYamlError(ValidationFailedError):
    """The text cannot be used; the message says from which line on."""

    def __init__(self, line: int, message: str) -> None:
        """Put the line before the message."""
        super().__init__(f"Line {line}: {message}", field="text")
        self.line = line


def dump(document: dict[str, Any]) -> str:
    """Return a document of JSON values as YAML that any reader understands alike."""
    return _yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=110
    )  # fmt: skip


def compose(text: str) -> yaml.Node:
    """Return the one document of a text; any text at all may be given.

    Raises:
        InvalidYamlError: it is not YAML of this kind.
    """
    try:
        _check_events(text)
        root: yaml.Node | None = _yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(error) from error
    if root is None:
        raise InvalidYamlError(1, "The file is empty.")
    _check_keys(root)
    return root


def value_of(node: yaml.Node) -> Any:
    """Return what a node stands for; the depth was checked."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: value_of(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item) for item in node.value]
    match node.tag.removeprefix(_TAG):
        case "null":
            return None
        case "bool":
            return node.value == "true"
        case "int":
            return _int(node)
        case "float":
            return float(node.value)
        case _:
            return node.value


def _int(node: yaml.Node) -> int:
    try:
        return int(node.value)
    except ValueError as error:  # more digits than Python turns into a number
        raise InvalidYamlError(line_of(node), "The number is too long.") from error


def _inside(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [value for _, value in node.value]
    return cast("list[yaml.Node]", node.value) if isinstance(node, yaml.SequenceNode) else []


def _syntax_error(error: yaml.YAMLError) -> InvalidYamlError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "this is no YAML"
    return InvalidYamlError(mark.line + 1 if mark else 1, f"{problem}.")


def find_node(root: yaml.Node, place: Sequence[int | str]) -> yaml.Node:
    """Return the node at a place, or what is nearest to it."""
    node = root
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == part]
            if not found:
                break
            key, value = found[0]
            node = value if isinstance(value, yaml.CollectionNode) else key
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
        else:
            break
    return node


def line_of(found: Any) -> int:
    """Return the line of a node or an event."""
    return found.start_mark.line + 1


class _Loader(_FastLoader):
    """Reads plain scalars as JSON has them, so that `no`, `12:30` and `2026-01-01` are texts."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # pyright: ignore[reportIncompatibleVariableOverride] -- PyYAML's own way


class _Dumper(_FastDumper):
    """Writes long texts as blocks, and quotes whatever any reader may take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what occurs twice twice."""
        del data
        return True


def _write_text(dumper: Any, text: str) -> yaml.Node:
    style = '"' if _UNSEEN.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar(f"{_TAG}str", text, style=style)


_yaml.add_representer(str, _write_text, Dumper=_Dumper)
for _name, _pattern, _first in (
    ("null", _NULL, ["n", "~", ""]),
    ("bool", _BOOL, ["t", "f"]),
    ("int", _INT, list("-+0123456789")),
    ("float", _FLOAT, list("-+.0123456789")),
):
    _whole = re.compile(rf"(?:{_pattern.pattern})\Z", re.ASCII)
    for _user in (_Loader, _Dumper):
        cast("Any", _user).add_implicit_resolver(f"{_TAG}{_name}", _whole, _first)


def _check_events(text: str) -> None:
    """Refuse what grows or what nobody needs, before anything is built of it."""
    depth = 0
    for count, event in enumerate(_yaml.parse(text, Loader=_Loader)):
        if count > _MAX_NODES:
            raise InvalidYamlError(line_of(event), "The file has too many parts.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InvalidYamlError(line_of(event), "Anchors and aliases are not used here.")
        if getattr(event, "tag", None):
            raise InvalidYamlError(line_of(event), "Tags (such as !!str) are not used here.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise InvalidYamlError(line_of(event), "The file is nested too deeply.")


def _check_keys(root: yaml.Node) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            _check_mapping(node)
        waiting.extend(_inside(node))


def _check_mapping(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidYamlError(line_of(key), "A key must be a text.")
        if key.value in seen:
            raise InvalidYamlError(line_of(key), f"The key {key.value!r} stands here twice.")
        seen.add(key.value)
