// Messages between the page and the frame: a version, an exact target origin, and a check of who speaks.
export const VERSION = 1;

/** Hear `handlers[type](message)` from `frame` at `origin` only; returns `{send, end}`. */
export function connect(frame, origin, handlers) {
  const hear = ({ source, origin: from, data }) => {
    if (source !== frame.contentWindow || from !== origin || data?.babble !== VERSION) return;
    if (Object.hasOwn(handlers, data.type)) handlers[data.type](data);
  };
  window.addEventListener("message", hear);
  return {
    send(type, message = {}) {
      frame.contentWindow?.postMessage({ ...message, babble: VERSION, type }, origin);
    },
    end() {
      window.removeEventListener("message", hear);
    },
  };
}
