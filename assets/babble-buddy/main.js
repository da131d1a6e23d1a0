// Babble's widget for any web page: `BabbleBuddy.init({appToken: "bb_..."})`, or one tag with `data-app-token`.
// Readable source of /babble-buddy.js, which the set-up bundles from this folder (babble_app/building.py).
import { createWidget } from "./widget.js";

const script = document.currentScript;
const COLOURS = { primaryColor: "data-primary-color", backgroundColor: "data-background-color", textColor: "data-text-color" };

function makeApi() {
  const listeners = new Map(); // event name -> set of functions
  let widget = null;

  const emit = (name, detail) => {
    for (const listener of [...(listeners.get(name) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error); // the page's own mistake must not stop ours
      }
    }
  };

  const api = {
    version: 1,

    /** Show the widget. Called again for the same app it only takes over what is new; for another app it replaces the first. */
    init(options = {}) {
      const apiUrl = new URL(options.apiUrl || (script?.src ?? location.href), location.href).origin;
      if (!/^bb_[0-9A-Za-z]+$/.test(options.appToken ?? "")) throw new TypeError("BabbleBuddy.init: appToken must be the app's token, bb_...");
      if (widget?.isFor(options.appToken, apiUrl)) return widget.update(options), api;
      widget?.destroy();
      widget = createWidget({ ...options, apiUrl }, emit);
      return api;
    },

    open() {
      widget?.open();
    },

    close() {
      widget?.close();
    },

    /** Tell what the page is about now: an object, or a function that returns one whenever a message is sent. */
    setContext(context) {
      widget?.update({ context });
    },

    /** Call `listener` on "ready", "open", "close", "message", "tool" and "error"; returns what takes it off again. */
    on(name, listener) {
      if (!listeners.has(name)) listeners.set(name, new Set());
      listeners.get(name).add(listener);
      return () => void listeners.get(name)?.delete(listener);
    },

    /** Take everything away: elements, listeners, timers. What lets the visitor come back stays in the page's storage. */
    destroy() {
      widget?.destroy();
      widget = null;
      listeners.clear();
    },
  };
  return api;
}

function optionsOf(tag) {
  const read = (name) => tag.getAttribute(name) ?? undefined;
  const theme = { fontFamily: read("data-font-family"), borderRadius: read("data-border-radius") };
  for (const [name, attribute] of Object.entries(COLOURS)) theme[name] = read(attribute);
  let context;
  try {
    context = JSON.parse(read("data-context") ?? "{}");
  } catch {
    console.warn("BabbleBuddy: data-context is not JSON");
  }
  return {
    appToken: read("data-app-token"), apiUrl: read("data-api-url"), position: read("data-position"), greeting: read("data-greeting"),
    language: read("data-language"), dir: read("data-dir"), scheme: read("data-scheme"), context, theme,
  };
}

// A page that loads the script twice keeps the first, and what was set up with it.
if (!window.BabbleBuddy) {
  window.BabbleBuddy = makeApi();
  if (script?.dataset.appToken) window.BabbleBuddy.init(optionsOf(script));
}
