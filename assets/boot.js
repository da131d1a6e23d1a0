// Runs before everything else on every page; two things that Reflex leaves open.
(() => {
  // 1. The build hard-codes ws://localhost:<build port>/_event: connect to where the page came from instead.
  const NativeWebSocket = window.WebSocket;
  window.WebSocket = class extends NativeWebSocket {
    constructor(address, protocols) {
      const url = new URL(address, location.href);
      if (url.pathname.startsWith("/_event")) {
        url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
        url.host = location.host;
      }
      super(url, protocols);
    }
  };

  // 2. In a cross-site frame with third-party storage blocked, touching storage throws and the page stays blank.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].getItem("probe");
    } catch {
      const kept = new Map();
      Object.defineProperty(window, name, {
        value: {
          getItem: (key) => (kept.has(String(key)) ? kept.get(String(key)) : null),
          setItem: (key, value) => void kept.set(String(key), String(value)),
          removeItem: (key) => void kept.delete(String(key)),
          clear: () => kept.clear(),
          key: (index) => [...kept.keys()][index] ?? null,
          get length() {
            return kept.size;
          },
        },
      });
    }
  }
})();
