"""What somebody pastes into a page or a program to have an app there, filled in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

NO_TOKEN = "bb_YOUR_TOKEN"  # noqa: S105 - stands for one


@dataclass(frozen=True)
class Snippet:
    """One way to use the app."""

    id: str
    title: str
    note: str
    text: str


def snippets(address: str, slug: str, token: str, name: str) -> list[Snippet]:
    """Return the ways, for the server at `address`; without a token at hand a placeholder stands in its place."""
    token = token or NO_TOKEN
    return [
        Snippet(
            "html",
            "HTML",
            "Before the end of the body. Who reads the page can read the token: browsers use it from the allowed pages only, and"
            " against programs your limits and the money cap protect you.",
            _html(address, token),
        ),
        Snippet("react", "React", "A component; put it anywhere.", _react(address, token)),
        Snippet(
            "iframe",
            "iframe",
            "Without any script; the page's origin must be allowed.",
            _iframe(address, slug, name),
        ),
        Snippet(
            "curl",
            "curl",
            "From a shell. Keep the token out of your history and out of public code.",
            _curl(address, token),
        ),
        Snippet(
            "python",
            "Python",
            "On a server of yours, with Babble's client.",
            _python(address, token),
        ),
    ]


def _html(address: str, token: str) -> str:
    return f"""<script src="{escape(address)}/babble-buddy.js"></script>
<script>
  BabbleBuddy.init({{ appToken: {json.dumps(token)} }});
</script>"""


def _react(address: str, token: str) -> str:
    return f"""import {{ useEffect }} from "react";

export function Babble() {{
  useEffect(() => {{
    const script = document.createElement("script");
    script.src = "{address}/babble-buddy.js";
    script.onload = () => window.BabbleBuddy.init({{ appToken: {json.dumps(token)} }});
    document.head.append(script);
    return () => {{
      window.BabbleBuddy?.destroy();
      script.remove();
    }};
  }}, []);
  return null;
}}"""


def _iframe(address: str, slug: str, name: str) -> str:
    source = f"{address}/embed/{slug}"
    return (
        f'<iframe src="{escape(source)}" title="{escape(name)}"\n'
        '        style="width: 400px; height: 640px; border: 0"></iframe>'
    )


def _curl(address: str, token: str) -> str:
    return f"""curl {address}/api/v1/chat \\
  -H "Authorization: Bearer {token}" \\
  -H "Content-Type: application/json" \\
  -d '{{"message": "Hello"}}'"""


def _python(address: str, token: str) -> str:
    return f"""from babble_app.sdk import BrainClient

with BrainClient(base_url="{address}", token="{token}") as brain:
    print(brain.ask("Hello"))"""
