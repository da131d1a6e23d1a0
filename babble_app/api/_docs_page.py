"""Renders the OpenAPI document as one HTML page that needs no script."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from babble_app import errors
from babble_app.api._openapi import operations
from babble_app.api._problems import CODES, title_of_code
from babble_app.errors import BabbleError

_STYLE = Path(__file__).with_name("docs.css")
_FIRST_STEPS = """\
TOKEN=$(curl -s {base}/api/auth/login -H 'Content-Type: application/json' \\
  -d '{{"email": "you@example.com", "password": "..."}}' | jq -r .access_token)
curl {base}/api/workspaces -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -d '{{"name": "My first workspace"}}'
# An app of the plain assistant, its token, and a message as a host app sends it:
APP_TOKEN=$(curl -s {base}/api/v1/admin/tokens -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -d '{{"name": "My site"}}' | jq -r .token)
curl {base}/api/v1/chat -H "Authorization: Bearer $APP_TOKEN" \\
  -H 'Content-Type: application/json' -d '{{"message": "Hello"}}'"""


def render_page(schema: dict[str, Any]) -> str:
    """Return the page."""
    tags = [tag for tag in schema["tags"] if any(_of_tag(schema, tag["name"]))]
    nav = "".join(f'<a href="#{_anchor(tag["name"])}">{escape(tag["name"])}</a>' for tag in tags)
    sections = "".join(_section(schema, tag) for tag in tags)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · Babble</title>
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
<style>{_STYLE.read_text()}</style>
</head>
<body>
<header><a class="brand" href="/">Babble</a><span class="muted">API {escape(schema["info"]["version"])}</span>
<a class="raw" href="/openapi.json">openapi.json</a></header>
<nav aria-label="Sections">{nav}<a href="#events">run events</a><a href="#errors">errors</a></nav>
<main>
<section><h1>API</h1>{_prose(schema["info"]["description"])}
<pre tabindex="0">{escape(_FIRST_STEPS.format(base="http://127.0.0.1:8000"))}</pre></section>
{sections}
{_events(schema)}
{_errors()}
</main>
</body>
</html>
"""


def _of_tag(schema: dict[str, Any], tag: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [found for found in operations(schema) if tag in found[2].get("tags", ())]


def _section(schema: dict[str, Any], tag: dict[str, str]) -> str:
    found = "".join(_operation(schema, *operation) for operation in _of_tag(schema, tag["name"]))
    name = escape(tag["name"])
    return f'<section id="{_anchor(tag["name"])}"><h2>{name}</h2><p class="muted">{escape(tag["description"])}</p>{found}</section>'


def _anchor(tag: str) -> str:
    return escape(tag.replace(" ", "-"))


def _operation(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    key = "" if "security" in operation else '<span class="tag">no credential</span>'
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<span class="method {method}">{method.upper()}</span>'
        f'<code class="path">{escape(path)}</code>'
        f'<span class="what">{_inline(operation["summary"])}</span>{key}</summary>'
        f'<div class="body">{_details(operation)}'
        f"{_parameters(operation)}{_request(schema, operation)}{_responses(schema, operation)}</div></details>"
    )


def _details(operation: dict[str, Any]) -> str:
    """Return the description where it says more than the summary."""
    text = " ".join(operation["description"].split())
    return "" if text.rstrip(".") == operation["summary"] else _prose(operation["description"])


def _parameters(operation: dict[str, Any]) -> str:
    rows = [
        (
            parameter["name"],
            f"{_type(parameter['schema'])}, {parameter['in']}",
            parameter.get("required", False),
            parameter.get("description", ""),
        )
        for parameter in operation.get("parameters", ())
    ]
    return f"<h3>Parameters</h3>{_table(rows)}" if rows else ""


def _request(schema: dict[str, Any], operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return "".join(
        f"<h3>Body <code>{escape(kind)}</code></h3>{_fields(schema, part['schema'])}{_example(schema, part['schema'])}"
        for kind, part in content.items()
    )


def _example(schema: dict[str, Any], part: dict[str, Any]) -> str:
    shape = _resolved(schema, part)
    shown = json.dumps(shape["examples"][0], indent=2) if "examples" in shape else ""
    return f'<pre tabindex="0">{escape(shown)}</pre>' if shown else ""


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference; of a body that may be left out, take what it is otherwise."""
    part = next((one for one in part.get("anyOf", ()) if "$ref" in one), part)
    if "$ref" not in part:
        return part
    return schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]


def _responses(schema: dict[str, Any], operation: dict[str, Any]) -> str:
    parts: list[str] = []
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            continue
        kinds = ", ".join(response.get("content", {}))
        head = f"<h3>Answer {status} <code>{escape(kinds)}</code></h3>"
        fields = "".join(
            _fields(schema, part.get("schema", {})) for part in response.get("content", {}).values()
        )
        parts.append(head + (fields or f"<p>{escape(response['description'])}</p>"))
    others = [status for status in operation["responses"] if status.isdigit() and status >= "300"]
    failures = (
        f'<p class="muted">Failures: {", ".join(others)}, as <a href="#errors">problems</a>.</p>'
    )
    return "".join(parts) + failures


def _fields(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """Return the fields of an object, of each alternative, or of a list's items."""
    if "$ref" in part:
        part = _resolved(schema, part)
    if "items" in part:
        return f'<p class="muted">A list of:</p>{_fields(schema, part["items"])}'
    if alternatives := part.get("anyOf") or part.get("oneOf"):
        return "<p>or</p>".join(
            _fields(schema, one) for one in alternatives if one.get("type") != "null"
        )
    required = part.get("required", ())
    rows = [
        (name, _type(field), name in required, field.get("description", ""))
        for name, field in part.get("properties", {}).items()
    ]
    return _table(rows) if rows else ""


def _table(rows: list[tuple[str, str, bool, str]]) -> str:
    cells = "".join(
        f"<tr><th scope=row><code>{escape(name)}</code></th><td>{escape(kind)}{'' if required else ', optional'}</td>"
        f"<td>{escape(text)}</td></tr>"
        for name, kind, required, text in rows
    )
    return f'<div class="wide"><table><tbody>{cells}</tbody></table></div>'


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return field["$ref"].rpartition("/")[2]
    if alternatives := field.get("anyOf") or field.get("oneOf"):
        return " or ".join(_type(one) for one in alternatives)
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    if "const" in field:
        return f'"{field["const"]}"'
    kind = field.get("format") or field.get("type", "any")
    return f"list of {_type(field['items'])}" if field.get("items") else str(kind)


def _events(schema: dict[str, Any]) -> str:
    shapes = schema["components"]["schemas"]
    parts: list[str] = []
    for name, reference in shapes["RunEvent"]["discriminator"]["mapping"].items():
        shape = shapes[reference.rpartition("/")[2]]
        parts.append(
            f"<details><summary><code class=path>{escape(name)}</code>"
            f'<span class="what">{escape(shape.get("description", ""))}</span></summary>'
            f'<div class="body">{_fields(schema, shape)}</div></details>'
        )
    return (
        '<section id="events"><h2>run events</h2><p class="muted">What <code>GET /api/runs/{run_id}/events</code> sends, '
        f"one frame an event.</p>{''.join(parts)}</section>"
    )


def _errors() -> str:
    rows = "".join(
        f'<tr id="error-{code}"><th scope=row><code>{code}</code></th><td>{status}</td><td>{escape(text)}</td></tr>'
        for code, (status, text) in sorted(_codes().items())
    )
    return (
        '<section id="errors"><h2>errors</h2><p class="muted">Every failure is a problem '
        "(<code>application/problem+json</code>, RFC 9457) with one of these codes.</p>"
        f'<div class="wide"><table><tbody>{rows}</tbody></table></div></section>'
    )


def _codes() -> dict[str, tuple[int, str]]:
    """Return status and meaning of each code: those of our errors, and the framework's own refusals."""
    found = {code: (status, f"{title_of_code(code)}.") for status, code in CODES.items()}
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, BabbleError):
            meaning = (
                "An unforeseen failure of the server." if kind is BabbleError else kind.__doc__
            )
            found[kind.code] = (kind.status, (meaning or "").strip())
    return found


def _prose(text: str) -> str:
    """Render paragraphs and `code`; descriptions use no other Markdown."""
    return "".join(f"<p>{_inline(part)}</p>" for part in text.split("\n\n") if part.strip())


def _inline(text: str) -> str:
    pieces = escape(text).split("`")
    return "".join(
        f"<code>{piece}</code>" if odd % 2 else piece for odd, piece in enumerate(pieces)
    )
