"""What an agent is given to answer one chat message.

How the prompts are laid out (the texts are in `prompts/`), by `ModelRequest.task`; the request is always the person's own
words, alone in a user message:

- `build`: system with the guide; earlier messages; a user message with the files (if any); the request with the images.
- `change`: system; earlier messages; the files; a user message that begins `The program now:` and holds the program in one
  fence with the word `based`, and after it that the file changed since the last answer, if it did; the request.
- `answer`: system, then the profile's instructions and a word about the web (if any); earlier messages; the program as above
  (if any); a user message with numbered passages (if any); one with the
  asking program's data between `<data>` tags (if any); the request.
- `triage`: system; one user message with the answer before between `<before>` tags and the names and beginnings of files between
  `<files>` tags (if any), and the request between `<request>` tags.

Files and passages stand between tags as data: `<file name="menu.pdf" page="2">` or `<passage number="1" file="menu.pdf"
page="2">`, each closed by its tag on a line of its own. In `build` and `change` a later round adds the model's own answer and a
user message that begins `Round 2 of 5.`, in `change` after the program again where hunks are now meant for a changed one. The
request is then the last user message that begins neither so nor with the program.

A test conversation: `talk` has a system message with the program's prompt, the transcript, and one tool for each exit (name:
slug; description: the condition). When the agent is to speak without a new message of the visitor, the last message is
`[Speak next.]`. `ask`, `summarize` and `rephrase` have one system message (the question, the wish) and one user message: the text
between `<input>` tags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from babble_app.llm.media import MediaClient
    from babble_app.retrieval.search import Passage
    from babble_app.retrieval.web import WebSearch
    from babble_app.schemas.events import Mode
    from babble_app.schemas.models import Image, ModelMessage
    from babble_app.schemas.profiles import Profile
    from babble_app.schemas.workspaces import FileKind, FilePage
    from babble_app.tools.toolkit import OutsideTool


@dataclass(frozen=True)
class ContextFile:
    """A file that the chat may use."""

    id: str
    name: str
    kind: FileKind
    pages: tuple[FilePage, ...] = ()
    """Its text; empty for pictures and for files that could not be read."""
    image: Image | None = None


@dataclass(frozen=True)
class AgentRequest:
    """A chat message with everything that an answer may rest on."""

    text: str
    mode: Mode
    program: str | None
    """The program on the canvas, if there is one."""
    agent_name: str | None
    history: tuple[ModelMessage, ...]
    """Earlier messages, older first."""
    files: tuple[ContextFile, ...]
    """All that the chat may use; `passages` and `pictures` are what a prompt holds of them (selection.py)."""
    today: date
    edited_by_hand: bool = False
    """Whether the program is another one than the chat's last answer left."""
    passages: tuple[Passage, ...] = ()
    """In the order of the files and of their text."""
    pictures: tuple[ContextFile, ...] = ()
    has_more: bool = False
    """Whether the files hold text that `passages` do not, so that searching them may help."""
    profile: Profile | None = None
    """The kind of work that the chat is for: plain answers keep to its instructions, tools and limits."""
    web: WebSearch | None = None
    """None where no search engine is configured."""
    data: str = ""
    """What the asking program says of itself, as JSON; plain answers are shown it as data."""
    outside: tuple[OutsideTool, ...] = ()
    """Functions of the app that asks, and of the page that its visitor is on."""
    media: MediaClient | None = None
    """Who makes the picture or video, when the profile asks for one."""
