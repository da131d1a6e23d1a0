"""Apps: where an agent meets visitors, by which tokens, and what those see."""

from __future__ import annotations

from typing import Any, Literal

from babble_app.schemas.base import Schema, Timestamp

Channel = Literal["production", "staging"]
Scheme = Literal["auto", "light", "dark"]
Corner = Literal["bottom-right", "bottom-left", "top-right", "top-left"]


class Look(Schema):
    """How the widget looks and what it says before anybody has said anything; empty: Babble's own."""

    title: str = ""
    """In the head of the widget; empty: the app's name."""
    greeting: str = ""
    starters: tuple[str, ...] = ()
    """Questions that are offered for a click, at most 6."""
    placeholder: str = ""
    position: Corner = "bottom-right"
    scheme: Scheme = "auto"
    language: str = ""
    """`de`; empty: the browser's."""
    primary_color: str = ""
    """`#rrggbb`, as all colours."""
    background_color: str = ""
    text_color: str = ""
    font_family: str = ""
    border_radius_px: int | None = None


class HttpTool(Schema):
    """A function of an app that is an HTTP call; models may ask for it by its name."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}
    """JSON Schema of the arguments, an object's."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    url: str
    """`{name}` in its path or query stands for an argument; the others are sent as query (GET) or JSON body."""
    secret_headers: tuple[str, ...] = ()
    """Names of the headers that are sent with it; their values are never shown again."""


class PageTool(Schema):
    """A function of the host page, which the visitor's browser carries out."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}
    """JSON Schema of the arguments, an object's."""


class App(Schema):
    """An agent's version, or the plain assistant, with its look, its limits and who may embed it."""

    id: str
    workspace_id: str
    agent_id: str | None = None
    """None: the plain assistant."""
    slug: str
    name: str
    version_id: str | None = None
    """The version that visitors get; None: whichever is live."""
    trial_version_id: str | None = None
    """A further version, which `trial_percent` of the visitors get, always the same ones."""
    trial_percent: int = 0
    staging_version_id: str | None = None
    """What tokens of the staging channel get; None: the agent's newest version."""
    profile: str = ""
    model: str = ""
    """`provider/name`; empty: the profile's or the owner's default."""
    instructions: str = ""
    """Added to the system prompt of whatever answers."""
    look: Look = Look()
    origins: tuple[str, ...] = ()
    """`https://shop.example`: the pages that may embed it. None: no browser may."""
    tools: tuple[HttpTool, ...] = ()
    rate_limit_per_minute: int = 20
    """Messages of one visitor."""
    retention_days: int | None = None
    """How long visitors' conversations are kept; None: until somebody deletes them."""
    takes_files: bool = False
    paused: bool = False
    created_at: Timestamp
    updated_at: Timestamp


class AppToken(Schema):
    """A credential of an app, as far as it is ever shown again."""

    id: str
    app_id: str
    name: str
    prefix: str
    last4: str
    channel: Channel = "production"
    rate_limit_per_minute: int | None = None
    daily_budget_usd: float | None = None
    expires_at: Timestamp | None = None
    revoked_at: Timestamp | None = None
    last_used_at: Timestamp | None = None
    created_at: Timestamp


class NewAppToken(AppToken):
    """A token that was just made."""

    token: str
    """`bb_...`; shown here only."""


class OperatedToken(AppToken):
    """A token with what it opens, as operators handle it."""

    app_name: str
    app_slug: str
    agent_id: str | None = None
    """None: the plain assistant answers."""
    allowed_origins: tuple[str, ...] = ()
    """Of its app."""
    system_prompt: str = ""
    """The instructions of its app."""


class NewOperatedToken(OperatedToken):
    """The same, of a token that was just made."""

    token: str
    """`bb_...`; shown here only."""


class Release(Schema):
    """What an app pointed at from a moment on."""

    id: str
    app_id: str
    number: int
    kind: Literal["create", "release", "rollback"]
    version_id: str | None = None
    """None: whichever was live."""
    trial_version_id: str | None = None
    trial_percent: int = 0
    author: str
    created_at: Timestamp


class Sighting(Schema):
    """That an app was loaded by a page of an origin."""

    origin: str
    page: str = ""
    loads: int
    refused: bool = False
    """Whether the origin was not allowed."""
    seen_at: Timestamp


class Rollback(Schema):
    """What one step back would undo, and where it leads."""

    undoes: str
    """The id of the app's release, or of its agent's publication, whichever was made last."""
    of_agent: bool
    """Whether the agent's live version is moved, for all apps that follow it."""
    version_id: str | None = None
    """What visitors get then; None: whichever is live."""
    trial_version_id: str | None = None
    trial_percent: int = 0


class AppActivity(Schema):
    """What went on with an app, for lists."""

    app_id: str
    conversations: int = 0
    conversations_today: int = 0
    calls_today: int = 0
    """Of models."""
    cost_today_usd: float = 0.0
    tokens: int = 0
    """Those that are neither revoked nor expired."""
    last_seen_at: Timestamp | None = None
    """When it was loaded or talked to last."""


class AppFace(Schema):
    """What a visitor's browser learns of an app."""

    slug: str
    name: str
    look: Look
    paused: bool = False
    takes_files: bool = False
    speaks_first: bool = False
    """Whether an agent answers, whose program may say something before it is asked; the plain assistant waits."""


class VisitorToken(Schema):
    """What a page acts with for one visitor, for 15 minutes; renewed by itself."""

    visitor_token: str
    expires_in: int
    """Seconds."""
    visitor_id: str
    visitor_secret: str = ""
    """Of a new visitor: lets the same browser come back later."""
    app: AppFace
