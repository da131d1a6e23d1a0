// The frame's half of the bridge to the host page (assets/babble-buddy/bridge.js): one origin, one window, one version.
const VERSION = 1;

/**
 * Connect with the page around the frame, whose loader names its origin behind the `#`; null without a loader.
 * A page that names another origin than its own hears nothing: the browser delivers to that origin only.
 */
export function connectHost(hear) {
  const origin = new URLSearchParams(location.hash.slice(1)).get("host");
  if (!origin || window.parent === window) return null;
  const waiting = new Map();
  let count = 0;
  const listen = (event) => {
    if (event.source !== window.parent || event.origin !== origin || event.data?.babble !== VERSION) return;
    const { id, type } = event.data;
    if (waiting.has(id)) {
      waiting.get(id)(event.data);
      waiting.delete(id);
    } else hear(type, event.data);
  };
  window.addEventListener("message", listen);
  const send = (type, message = {}) => window.parent.postMessage({ ...message, babble: VERSION, type }, origin);
  return {
    send,
    /** Ask the page, and return its answer; null when none comes in time. */
    ask(type, message, seconds) {
      const id = `${type}.${(count += 1)}`;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          resolve(null);
        }, seconds * 1000);
        waiting.set(id, (answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
        send(type, { ...message, id });
      });
    },
    end: () => window.removeEventListener("message", listen),
  };
}
