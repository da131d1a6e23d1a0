"""What the widget weighs, and when its chat can be used on a slow phone: in Chromium, with an empty profile each time."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import async_playwright

from benchmarks.brain_setup import question, show
from tests.find_chromium import find

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from playwright.async_api import Browser, CDPSession, Page

    from benchmarks.api_setup import Bench

LOADER_KB = 10.0
LOADS = 5
SLOWER = 4
"""How many times slower than this machine the CPU is, as Lighthouse has it for phones."""
PHONE = {"width": 390, "height": 844}
LARGEST = 6
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Times are the page's own, from its navigation on; it also writes itself, so that the way to this process is in none of them. What
# is seen is noted when the frame that shows it is painted.
_NOTE = """
window.noted = {};
const note = (name) => {
  if (name in noted) return;
  noted[name] = 0;
  requestAnimationFrame(() => setTimeout(() => { noted[name] = performance.now(); }));
};
const send = () => {
  const box = document.querySelector(".embed-box textarea");
  box.focus();
  if (!box.value) document.execCommand("insertText", false, "QUESTION");
  if (!document.querySelector(".is-send:enabled")) return requestAnimationFrame(send);
  note("typed");
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
};
new MutationObserver(() => {
  if (!("composer" in noted) && document.querySelector(".embed-box textarea")) note("composer"), send();
  if (document.querySelector(".is-mine")) note("shown");
  if (document.querySelector(".is-answer .embed-acts")) note("answered");
}).observe(document, { childList: true, subtree: true });
"""
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@dataclass
class Weight:
    """What came over the wire for a page, heads of the answers included."""

    files: dict[str, float] = field(default_factory=dict[str, float])
    """Bytes by path."""
    kinds: Counter[str] = field(default_factory=Counter[str])
    """Bytes by kind."""
    requests: int = 0

    @property
    def kib(self) -> float:
        """All of it."""
        return sum(self.files.values()) / 1024

    def largest(self) -> str:
        """Name what weighs most."""
        ordered = sorted(self.files.items(), key=lambda item: -item[1])[:LARGEST]
        return ", ".join(f"{path.rpartition('/')[2] or path} {size / 1024:.1f}" for path, size in ordered)  # fmt: skip


async def loader(bench: Bench) -> None:
    """Print what a page takes over the wire to get the widget's loader."""
    async with httpx.AsyncClient(base_url=bench.babble.server.url) as client:
        request = client.build_request("GET", "/babble-buddy.js", headers={"Accept-Encoding": "gzip"})  # fmt: skip
        answer = await client.send(request, stream=True)
        packed = sum([len(piece) async for piece in answer.aiter_raw()])
        await answer.aclose()
        plain = len((await client.get("/babble-buddy.js")).content)
    note = f"{answer.headers.get('content-encoding', 'not packed')}, unpacked {plain / 1e3:.1f}"
    show("widget's loader, over the wire", packed / 1e3, "kB", bar=LOADER_KB, note=note)


async def page(bench: Bench) -> None:
    """Print what the chat's page weighs at its first load, and how soon a visitor writes in it on a slow phone."""
    server = bench.babble.server.url
    url = f"{server}/embed/{bench.babble.slugs['short']}"
    times: dict[int, dict[str, list[float]]] = {1: defaultdict(list), SLOWER: defaultdict(list)}
    async with chromium() as browser:
        _show_weight(await _weighed(browser, url), await _weighed(browser, f"{server}/no-such-page"))  # fmt: skip
        for _ in range(LOADS):
            for slower, noted in times.items():
                for name, ms in (await _used(browser, url, slower)).items():
                    noted[name].append(ms)
    for slower, noted in times.items():
        _show_times(f"{slower}x slower CPU" if slower > 1 else "this CPU", noted)


def _show_weight(weight: Weight, lightest: Weight) -> None:
    note = f"{weight.requests} requests; the lightest page of this server {lightest.kib:.0f}"
    show("embed page, first load, over the wire", weight.kib, "KiB", note=note)
    kinds = (f"{kind} {size / 1024:.1f}" for kind, size in weight.kinds.most_common())
    print(f"  by kind: {', '.join(kinds)}")
    print(f"  largest: {weight.largest()}", flush=True)


def _show_times(where: str, noted: dict[str, list[float]]) -> None:
    ms = {name: statistics.median(found) for name, found in noted.items()}
    stages = ("painted", "composer", "typed", "answered")
    note = ", ".join(f"{name} {ms[name]:.0f}" for name in stages)
    show(f"embed page, written and sent, {where}", ms["shown"], "ms", note=note)
    style = ms["LayoutDuration"] + ms["RecalcStyleDuration"]
    busy = f"script {ms['ScriptDuration']:.0f} ms, layout and style {style:.0f}"
    print(f"  of {ms['TaskDuration']:.0f} ms of the main thread until then: {busy}", flush=True)


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """Open Chromium without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def phone(browser: Browser) -> AsyncGenerator[tuple[Page, CDPSession]]:
    """Open an empty profile as wide as a phone."""
    # Waiting in the page is evaluated there, which the page's own policy forbids.
    context = await browser.new_context(viewport=PHONE, locale="en-US", bypass_csp=True)  # pyright: ignore[reportArgumentType]
    opened = await context.new_page()
    yield opened, await context.new_cdp_session(opened)
    await context.close()


async def _command(wire: Any, name: str, **values: Any) -> Any:
    # `Any`, as Playwright leaves the types of what is sent and answered unknown.
    return await wire.send(name, values)


async def _weighed(browser: Browser, url: str) -> Weight:
    weight = Weight()
    started: dict[str, tuple[str, str]] = {}

    def begun(event: dict[str, Any]) -> None:
        path = urlsplit(str(event["request"]["url"])).path
        started[event["requestId"]] = path, event.get("type", "Other")

    def ended(event: dict[str, Any]) -> None:
        path, kind = started[event["requestId"]]
        weight.requests += 1
        weight.files[path] = weight.files.get(path, 0.0) + event["encodedDataLength"]
        weight.kinds[kind] += event["encodedDataLength"]

    async with phone(browser) as (opened, wire):
        await _command(wire, "Network.enable")
        wire.on("Network.requestWillBeSent", begun)
        wire.on("Network.loadingFinished", ended)
        await opened.goto(url)
        await opened.wait_for_load_state("networkidle")
    return weight


async def _used(browser: Browser, url: str, slower: int) -> dict[str, float]:
    """Open the page, which writes as soon as there is something to write in; return what happened when, in ms."""
    async with phone(browser) as (opened, wire):
        await opened.add_init_script(_NOTE.replace("QUESTION", question()))
        await _command(wire, "Performance.enable")
        await _command(wire, "Emulation.setCPUThrottlingRate", rate=slower)
        await opened.goto(url, wait_until="commit")
        await opened.wait_for_function("noted.shown > 0")
        measured = (await _command(wire, "Performance.getMetrics"))["metrics"]
        await opened.wait_for_function("noted.answered > 0")
        noted: dict[str, float] = await opened.evaluate("noted")
        painted: float = await opened.evaluate(_PAINTED)
    busy = {one["name"]: one["value"] * 1e3 for one in measured if one["name"].endswith("Duration")}
    return noted | busy | {"painted": painted}
