// A visitor's conversation: what is on screen, and what the visitor does with it. Knows no React; views subscribe.
import { emptyAnswer, follow, taken } from "./answer.js";
import { Refusal } from "./client.js";
import { keep, kept, newKey } from "./kept.js";
import { PageTools } from "./page_tools.js";

const PAINT_MS = 50;
const FEED_IDLE_MS = 15 * 60 * 1000;

const fromServer = (message) => ({ key: message.id, steps: [], ...message });

export class Conversation {
  constructor({ client, slug, host, contextNow }) {
    Object.assign(this, { client, slug, host, contextNow });
    this.state = {
      stage: "starting", trouble: null, sessionId: "", messages: [], isRunning: false, calls: [], human: "", hasEnded: false,
      spoken: "", sessions: null, files: [], uploading: "",
    };
    this.listeners = new Set();
    this.tools = new PageTools(this, host);
    this.run = null; // AbortController of the answer that is being read
    this.feed = null; // AbortController of what a person writes
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = () => this.state;

  /** Change what is on screen; painted at most every 50 ms (a hidden frame gets no animation frames). */
  set(changes) {
    this.state = { ...this.state, ...changes };
    this.painting ??= setTimeout(() => {
      this.painting = undefined;
      for (const listener of this.listeners) listener();
    }, PAINT_MS);
  }

  change(key, change) {
    this.set({ messages: this.state.messages.map((one) => (one.key === key ? change(one) : one)) });
  }

  name(what) {
    return `${this.slug}.${what}`;
  }

  /** Show the conversation of before, or begin one. */
  async start() {
    try {
      const sessionId = kept(this.name("session"));
      if (!sessionId || !(await this.show(sessionId))) await this.begin();
      this.set({ stage: "ready", trouble: null });
    } catch (error) {
      this.set({ stage: "refused", trouble: error });
      this.host?.send("failed", { code: error.code ?? "offline", detail: error.message });
    }
  }

  /** Begin a new conversation; the agent's program may say something first. */
  async begin() {
    this.leave();
    const opened = await this.client.call("POST", "/sessions", { body: { context: await this.contextNow() } });
    this.set({
      sessionId: opened.session_id, messages: opened.messages.map(fromServer), hasEnded: opened.ended, human: "", files: [], calls: [],
    });
    keep(this.name("session"), opened.session_id);
  }

  /** Show a conversation of the visitor's; false when it is gone. An answer that was being made goes on. */
  async show(sessionId) {
    this.leave();
    let session, messages;
    try {
      [session, messages] = await Promise.all([
        this.client.call("GET", `/sessions/${sessionId}`), this.client.call("GET", `/sessions/${sessionId}/messages?limit=100`),
      ]);
    } catch (error) {
      if (error.code !== "not_found") throw error;
      keep(this.name("session"), undefined);
      return false;
    }
    keep(this.name("session"), sessionId);
    this.set({
      sessionId, messages: messages.map(fromServer), hasEnded: session.ended, human: session.human, files: [], calls: [], stage: "ready",
    });
    const run = kept(this.name("run"));
    if (run?.sessionId === sessionId) this.goOn(run.id);
    else this.listen();
    return true;
  }

  /** Read an answer again from its first event, in place of what was stored of it so far. */
  goOn(runId) {
    const { messages } = this.state;
    const answer = emptyAnswer();
    const isPartial = messages.at(-1)?.role === "assistant" && messages.at(-1).status !== "done";
    this.set({ messages: [...(isPartial ? messages.slice(0, -1) : messages), answer] });
    void this.read(answer, { last: `${runId}.0` });
  }

  /** Ask; the text is in the conversation at once, and stays there with a way to try again if it cannot be sent. */
  async send(text) {
    const question = { key: newKey(), role: "user", text, status: "done", steps: [] };
    const answer = emptyAnswer({ question: text });
    this.set({ messages: [...this.state.messages, question, answer], spoken: "" });
    this.host?.send("said", { message: { role: "user", text, session_id: this.state.sessionId } });
    await this.ask(answer, text);
  }

  async ask(answer, text) {
    // Before anything is waited for: a second Enter must not ask twice.
    this.set({ isRunning: true, files: [] });
    const context = await this.contextNow();
    const question = { message: text, session_id: this.state.sessionId || undefined, context, tools: this.tools.described() };
    await this.read(answer, { question });
  }

  /** Ask again what could not be answered; where only the line was cut, read on instead. */
  async retry(answer) {
    this.change(answer.key, () => emptyAnswer({ key: answer.key, question: answer.question }));
    if (answer.trouble.code === "offline" && answer.runId) await this.read(answer, { last: `${answer.runId}.0` });
    else await this.ask(answer, answer.question);
  }

  async read(answer, from) {
    const ending = new AbortController();
    this.run = ending;
    this.feed?.abort();
    this.set({ isRunning: true });
    try {
      await follow(this.client, { ...from, signal: ending.signal }, (event) => !ending.signal.aborted && this.take(answer.key, event));
    } catch (error) {
      if (ending.signal.aborted) return;
      this.failed(answer, error);
      if (!(error instanceof Refusal)) return void this.set({ isRunning: false }); // a reload or another try reads on
    }
    if (ending.signal.aborted) return;
    keep(this.name("run"), undefined);
    this.tools.forget();
    this.set({ isRunning: false, calls: [] });
    this.listen();
  }

  /** Take one event in; true: it was the last. */
  take(key, event) {
    const { kind, data } = event;
    if (kind === "session") {
      const runId = event.id.slice(0, event.id.lastIndexOf("."));
      keep(this.name("session"), data.session_id);
      keep(this.name("run"), { id: runId, sessionId: data.session_id });
      this.set({ sessionId: data.session_id });
      this.change(key, (answer) => ({ ...answer, runId }));
    }
    if (kind === "error") throw new Refusal(data);
    if (kind === "tool") this.tools.take(data);
    if (kind === "state" && data.name === "human") this.set({ human: this.state.human || "…" });
    if (kind === "done") return this.finish(key, event);
    const isRefused = kind === "tool" && this.tools.refused.has(data.call_id);
    this.change(key, (answer) => taken(answer, isRefused ? { kind, data: { ...data, status: "refused" } } : event));
    return false;
  }

  finish(key, event) {
    const { data } = event;
    if (data.human && !data.response) this.set({ messages: this.state.messages.filter((one) => one.key !== key), human: this.state.human || "…" });
    else this.change(key, (answer) => taken(answer, event));
    this.set({ hasEnded: data.ended, spoken: data.response });
    this.host?.send("said", { message: { role: "assistant", text: data.response, session_id: data.session_id } });
    return true;
  }

  failed(answer, error) {
    const trouble = { code: error instanceof Refusal ? error.code : "offline", detail: error.message, retryAfter: error.retryAfter ?? 0 };
    this.change(answer.key, (one) => ({ ...one, status: "failed", trouble }));
    this.host?.send("failed", trouble);
  }

  async stop() {
    await this.client.call("POST", `/sessions/${this.state.sessionId}/stop`).catch(() => {});
  }

  /** Follow what a person writes, once the visitor has said something; not for ever in a page that nobody looks at. */
  listen() {
    this.feed?.abort();
    const { sessionId, messages, hasEnded } = this.state;
    if (!sessionId || hasEnded || !messages.some((message) => message.role === "user")) return;
    const ending = new AbortController();
    this.feed = ending;
    const idle = setTimeout(() => !this.state.human && ending.abort(), FEED_IDLE_MS);
    ending.signal.addEventListener("abort", () => clearTimeout(idle));
    const after = messages.findLast((message) => message.id)?.id;
    void this.hear(`/sessions/${sessionId}/events${after ? `?after=${encodeURIComponent(after)}` : ""}`, ending);
  }

  async hear(path, ending) {
    try {
      await this.client.stream("GET", path, { signal: ending.signal }, ({ kind, data }) => {
        if (kind === "state") this.set({ human: data.name === "human" ? data.person || "…" : "" });
        if (kind === "message") this.heard(data.message);
      });
    } catch (error) {
      if (error instanceof Refusal) return; // not served here, or the session is gone
    }
    if (ending.signal.aborted) return;
    setTimeout(() => !ending.signal.aborted && this.listen(), 3000);
  }

  heard(message) {
    if (this.state.messages.some((one) => one.id === message.id)) return;
    this.set({
      messages: [...this.state.messages, fromServer(message)], spoken: message.text, human: message.human || this.state.human,
    });
    this.host?.send("said", { message: { role: message.role, text: message.text, human: message.human, session_id: this.state.sessionId } });
  }

  /** Read no further; the answer goes on at the server. */
  leave() {
    this.run?.abort();
    this.feed?.abort();
    this.set({ isRunning: false });
  }

  async list() {
    this.set({ sessions: await this.client.call("GET", "/sessions").catch(() => []) });
  }

  async rate(message, rating, comment = "") {
    this.change(message.key, (one) => ({ ...one, rating, comment }));
    try {
      await this.client.call("POST", `/messages/${message.id}/feedback`, { body: { rating, comment } });
    } catch {
      this.change(message.key, (one) => ({ ...one, rating: message.rating, comment: message.comment }));
    }
  }

  /** Give the conversation a file; returns the refusal's words, empty when it was taken. */
  async giveFile(file) {
    const form = new FormData();
    form.append("file", file);
    this.set({ uploading: file.name });
    try {
      const given = await this.client.call("POST", `/sessions/${this.state.sessionId}/files`, { body: form });
      this.set({ files: [...this.state.files, given] });
      return "";
    } catch (error) {
      return error instanceof Refusal ? error.message : error.name;
    } finally {
      this.set({ uploading: "" });
    }
  }
}
