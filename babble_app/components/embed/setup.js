// What stands behind the frame: the visitor's token from the page's loader or from this server, and the conversation.
import { connectHost } from "./bridge.js";
import { makeClient, Refusal, Unreachable } from "./client.js";
import { Conversation } from "./conversation.js";
import { keep, kept, keepWith } from "./kept.js";

const HOST_SECONDS = 20;
const CONTEXT_SECONDS = 2;

/** Return `{conversation, host, end}`; `dress(manner)` hears how it shall look, `opened()` that the page shows it to somebody who asked for it. */
export function setUp(dress, opened) {
  const slug = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  let context = {};
  const host = connectHost((type, message) => {
    if (type === "init") begin(message);
    if (type === "update") apply(message);
    if (type === "opened" && !message.quietly) opened();
  });

  const apply = ({ app, tools, context: said, ...manner }) => {
    context = said ?? context;
    conversation.tools.tools = tools ?? [];
    if (app) conversation.app = app;
    dress({ ...manner, ...(app && { app }) });
  };

  const begin = (message) => {
    client.keep(message);
    keepWith(host, message.kept);
    apply(message);
    if (!message.quietly) opened();
    void conversation.start();
  };

  const fromHost = async () => {
    const given = await host.ask("token-wanted", {}, HOST_SECONDS);
    if (!given) throw new Refusal({ code: "invalid_token" });
    return given;
  };

  const fromServer = async () => {
    const visit = await beginVisit(slug);
    conversation.app = visit.app;
    dress({ app: visit.app });
    return { token: visit.visitor_token, expiresIn: visit.expires_in };
  };

  const contextNow = async () => {
    if (!host) return {};
    const now = await host.ask("context-wanted", {}, CONTEXT_SECONDS);
    if (now) {
      context = now.context;
      conversation.tools.tools = now.tools;
    }
    return context;
  };

  const client = makeClient(host ? fromHost : fromServer);
  const conversation = new Conversation({ client, slug, host, contextNow });
  if (host) host.send("ready");
  else {
    const query = new URLSearchParams(location.search);
    dress({ language: query.get("language") ?? "", scheme: query.get("scheme") ?? "", dir: query.get("dir") ?? "" });
    void conversation.start();
  }
  return {
    conversation,
    host,
    end() {
      conversation.leave();
      host?.end();
    },
  };
}

/** Ask this server for a visit, in a frame without a script around it or in a window of its own. */
async function beginVisit(slug) {
  const name = `${slug}.visitor`;
  let answer;
  try {
    answer = await fetch("/api/v1/visitors", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ app: slug, page: document.referrer, ...kept(name, "localStorage") }),
    });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  const visit = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(visit, Number(answer.headers.get("Retry-After")) || 0);
  if (visit.visitor_secret) keep(name, { visitor_id: visit.visitor_id, visitor_secret: visit.visitor_secret }, "localStorage");
  return visit;
}
