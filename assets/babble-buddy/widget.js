// One widget: gets a visitor's token, shows the launcher, opens the frame when it is wanted, and speaks with it.
import { connect } from "./bridge.js";
import { createPanel } from "./panel.js";
import { carryOut, described } from "./tools.js";
import { exchange, keeper } from "./visit.js";
import { wordsIn } from "./words.js";

const READY_SECONDS = 20;
const RETRY_SECONDS = [2, 10, 30, 120];
const tab = keeper("sessionStorage");

export function createWidget(given, emit) {
  const options = { ...given };
  const { appToken, apiUrl } = options;
  const openKey = `babble-buddy.open.${appToken.slice(0, 9)}`;
  const keptKey = `babble-buddy.kept.${appToken.slice(0, 9)}`;
  const ending = new AbortController();
  const words = () => wordsIn(options.language, visit?.app.look.language, document.documentElement.lang, navigator.language);
  let visit = null;
  let panel = null;
  let bridge = null; // to the frame, when there is one
  let isReady = false; // whether the frame has answered
  let isOpen = false;
  let wantsOpen = tab.get(openKey) === "1";
  let isQuiet = false; // whether it was open before a reload: then the focus stays with the page
  let cameFrom = null; // what had the focus before the panel took it
  let timer = 0;
  let attempts = 0;

  const fail = (error) => {
    if (ending.signal.aborted) return;
    console.warn(`BabbleBuddy: ${error.detail ?? error}`);
    emit("error", { code: error.code ?? "internal", detail: error.detail ?? String(error) });
  };

  /** Get a visitor's token; show the launcher with the first one. */
  const begin = async () => {
    try {
      visit = await exchange(options, ending.signal);
    } catch (error) {
      fail(error);
      if (!error.retryable || ending.signal.aborted) return false;
      timer = setTimeout(begin, RETRY_SECONDS[Math.min(attempts++, RETRY_SECONDS.length - 1)] * 1000);
      return false;
    }
    if (ending.signal.aborted) return false;
    if (!panel) appear();
    return true;
  };

  const appear = () => {
    panel = createPanel({ words: words(), toggle: () => (isOpen ? close() : open()), dismiss: close, retry: load });
    dress();
    attach();
    emit("ready", { app: visit.app.slug });
    if (wantsOpen) open({ quietly: true });
  };

  const dress = () => {
    const { look, name } = visit.app;
    panel.dress({
      position: options.position || look.position,
      colour: options.theme?.primaryColor || look.primary_color,
      title: options.title || look.title || name,
      scheme: options.scheme || look.scheme,
    });
  };

  // Beside <body>, which single-page apps replace whole; and back again if they replace more.
  const attach = () => {
    if (!panel.host.isConnected) document.documentElement.append(panel.host);
  };
  const watcher = new MutationObserver(() => panel && attach());
  watcher.observe(document.documentElement, { childList: true });
  watcher.observe(document, { childList: true });

  const contextNow = () => {
    const { context } = options;
    try {
      const said = typeof context === "function" ? context() : context;
      // Through JSON: a message between windows must not fail on what cannot be copied, such as an element.
      return JSON.parse(JSON.stringify({ page: { url: location.origin + location.pathname, title: document.title }, ...said }));
    } catch (error) {
      console.warn("BabbleBuddy: the context is not plain data", error);
      return {};
    }
  };

  const manner = () => ({
    theme: { ...options.theme }, greeting: options.greeting ?? "", language: options.language ?? "", dir: options.dir ?? "",
    scheme: options.scheme ?? "", title: options.title ?? "", pageLanguage: document.documentElement.lang,
    tools: described(options.tools), context: contextNow(),
  });

  const token = () => ({ token: visit.visitor_token, expiresIn: visit.expires_in, app: visit.app, visitor: visit.visitor_id });

  const load = () => {
    bridge?.end();
    isReady = false;
    const address = `${apiUrl}/embed/${encodeURIComponent(visit.app.slug)}#host=${encodeURIComponent(location.origin)}`;
    const frame = panel.load(address, options.title || visit.app.look.title || visit.app.name);
    bridge = connect(frame, apiUrl, {
      ready() {
        clearTimeout(timer);
        isReady = true;
        bridge.send("init", { ...manner(), ...token(), quietly: isQuiet, kept: tab.get(keptKey) });
      },
      // A frame of another site may have no storage of its own: what it must find again after a reload is kept here, unread.
      keep({ kept }) {
        tab.set(keptKey, kept);
      },
      close,
      async "token-wanted"({ id }) {
        if (await begin()) bridge.send("token", { ...token(), id });
      },
      "context-wanted"({ id }) {
        bridge.send("context", { context: contextNow(), tools: described(options.tools), id });
      },
      async call({ id, name, arguments: given }) {
        emit("tool", { name, arguments: given });
        bridge.send("result", { id, ...(await carryOut(options.tools, name, given)) });
      },
      said({ message }) {
        if (!isOpen) panel.noteNews();
        emit("message", message);
      },
      failed({ code, detail }) {
        emit("error", { code, detail });
      },
    });
    clearTimeout(timer);
    timer = setTimeout(() => panel.fail(), READY_SECONDS * 1000);
  };

  const open = ({ quietly = false } = {}) => {
    wantsOpen = true;
    tab.set(openKey, "1");
    if (!panel || isOpen) return;
    isOpen = true;
    isQuiet = quietly;
    cameFrom = document.activeElement;
    panel.show(true);
    if (!bridge) load();
    else if (isReady) bridge.send("opened", { quietly });
    emit("open");
  };

  const close = () => {
    wantsOpen = false;
    tab.set(openKey, "");
    if (!isOpen) return;
    isOpen = false;
    panel.show(false);
    bridge?.send("closed");
    const isElsewhere = cameFrom?.isConnected && cameFrom !== document.body && cameFrom !== panel.host;
    if (isElsewhere) cameFrom.focus();
    else panel.focus();
    emit("close");
  };

  const online = () => !visit && (clearTimeout(timer), begin());
  window.addEventListener("online", online);
  begin();

  return {
    open,
    close,
    isFor: (otherToken, otherUrl) => otherToken === appToken && otherUrl === apiUrl,
    update(changes) {
      for (const [name, value] of Object.entries(changes)) if (value !== undefined && name !== "apiUrl") options[name] = value;
      if (panel) dress();
      if (isReady) bridge.send("update", manner());
    },
    destroy() {
      ending.abort();
      clearTimeout(timer);
      watcher.disconnect();
      window.removeEventListener("online", online);
      bridge?.end();
      panel?.host.remove();
    },
  };
}
