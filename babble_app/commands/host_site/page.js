// What a host page writes to have the widget: one call, with a function of its own that the agent may ask for.
const query = new URLSearchParams(location.search);
const editor = () => document.getElementById("editor");

function hear(words) {
  const line = document.createElement("li");
  line.textContent = words;
  document.getElementById("heard")?.append(line);
}

function init() {
  BabbleBuddy.init({
    appToken: window.HOST.appToken,
    apiUrl: window.HOST.apiUrl,
    position: query.get("position") ?? undefined,
    language: query.get("language") ?? undefined,
    scheme: query.get("scheme") ?? undefined,
    greeting: query.get("greeting") ?? undefined,
    theme: { primaryColor: query.get("color") ?? undefined },
    context: () => ({ app: "exportee", schema: ["users", "orders"], format: document.getElementById("format")?.value }),
    tools: {
      insert_sql: {
        description: "Put SQL into the editor",
        parameters: { type: "object", required: ["sql"], additionalProperties: false, properties: { sql: { type: "string", maxLength: 5000 } } },
        handler: async ({ sql }) => {
          editor().value = sql;
          return "inserted";
        },
      },
    },
  });
  for (const name of ["ready", "open", "close", "message", "tool", "error"]) {
    BabbleBuddy.on(name, (detail) => hear(`${name} ${detail ? JSON.stringify(detail) : ""}`));
  }
}

// A single-page app gives its whole body up, and the address changes without a load.
function showAnotherView() {
  history.pushState({}, "", `/spa/${Date.now()}`);
  const body = document.createElement("body");
  body.append(...[...document.body.children].map((child) => child.cloneNode(true)));
  body.querySelector("h1").textContent = "Another view of the same page";
  document.body.replaceWith(body);
}

const ACTS = {
  open: () => BabbleBuddy.open(),
  close: () => BabbleBuddy.close(),
  twice: init,
  destroy: () => BabbleBuddy.destroy(),
  leave: showAnotherView,
};
document.addEventListener("click", (event) => ACTS[event.target.dataset?.act]?.());
init();
