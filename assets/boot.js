// Runs before everything else on every page; three things that Reflex leaves open.
(() => {
  // 1. The build hard-codes ws://localhost:<build port>/_event: connect to where the page came from instead.
  // 2. An app's visitors (/embed/...) have no state on the server: their socket says that it is open, and leads nowhere.
  const NativeWebSocket = window.WebSocket;
  const isEmbed = location.pathname.startsWith("/embed/");
  window.WebSocket = class extends NativeWebSocket {
    constructor(address, protocols) {
      const url = new URL(address, location.href);
      if (url.pathname.startsWith("/_event")) {
        if (isEmbed) return new Nowhere();
        url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
        url.host = location.host;
      }
      super(url, protocols);
    }
  };

  // Answers Engine.IO's handshake and Socket.IO's CONNECT, else nothing; its server "pings" once in eleven days.
  class Nowhere {
    static SAYS = `0${JSON.stringify({ sid: "embed", upgrades: [], pingInterval: 1e9, pingTimeout: 1e9, maxPayload: 1e9 })}`;
    readyState = 0;
    bufferedAmount = 0;
    constructor() {
      queueMicrotask(() => {
        this.readyState = 1;
        this.onopen?.({});
        this.onmessage?.({ data: Nowhere.SAYS });
      });
    }
    send(packet) {
      if (String(packet).startsWith("40")) queueMicrotask(() => this.onmessage?.({ data: '40/_event,{"sid":"embed"}' }));
    }
    close() {
      this.readyState = 3;
      this.onclose?.({ code: 1000 });
    }
  }

  // 3. In a cross-site frame with third-party storage blocked, touching storage throws and the page stays blank.
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
