// A visitor's conversation: what is on screen, and what the visitor does with it. Knows no React; views subscribe.
import { emptyAnswer, follow, taken } from "./answer.js";
import { Refusal } from "./client.js";
import { keep, kept, newKey } from "./kept.js";
import { PageTools } from "./page_tools.js";

const PAINT_MS = 50;
const FEED_IDLE_MS = 15 * 60 * 1000;
const CODES = { failed: "internal", interrupted: "internal", stopped: "interrupted" }; // of answers' statuses
const NOTHING_SAID = { session_id: "", messages: [], ended: false };

/** Say whether the agent's answer to the question stands below it, whole. */
function isAnswered(messages, questionId) {
  const later = messages.slice(messages.findIndex((one) => one.id === questionId) + 1);
  return later.some((one) => one.role === "assistant" && one.status === "done" && !one.human);
}

const fromServer = (message) => ({ key: message.id, steps: [], ...message });

/** Return stored messages as they are shown; what became of an answer that is none is told again, and the last one can be asked for again. */
function shown(messages) {
  const asked = messages.findLast((one) => one.role === "user")?.text; // above it may stand another answer that is none
  return messages.map((message, index) => {
    const code = message.role === "assistant" && CODES[message.status];
    if (!code) return fromServer(message);
    const question = index === messages.length - 1 ? asked : undefined;
    return { ...fromServer(message), question, trouble: { code } };
  });
}

export class Conversation {
  constructor({ client, slug, host, contextNow }) {
    Object.assign(this, { client, slug, host, contextNow });
    this.state = {
      stage: "starting", trouble: null, sessionId: "", shown: 0, messages: [], isRunning: false, calls: [], human: "", hasEnded: false,
      spoken: "", sessions: null, files: [], uploading: "",
    };
    this.listeners = new Set();
    this.tools = new PageTools(this, host);
    this.app = {};
    this.isStopping = false; // whether Stop was pressed before the answer had told which conversation it belongs to
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
      await this.client.begin();
      this.tools.recall();
      const sessionId = kept(this.name("session"));
      if (!sessionId || !(await this.showEarlier(sessionId))) await this.begin();
      this.set({ stage: "ready", trouble: null });
    } catch (error) {
      this.set({ stage: "refused", trouble: error });
      this.host?.send("failed", { code: error.code ?? "offline", detail: error.message });
    }
  }

  /** Begin a new conversation. An agent's program may say something first; with the plain assistant there is none before the first word. */
  async begin() {
    this.leave();
    const opened = this.app.speaks_first ? await this.open() : NOTHING_SAID;
    this.show({ sessionId: opened.session_id, messages: opened.messages, hasEnded: opened.ended, human: "" });
  }

  async open() {
    return this.client.call("POST", "/sessions", { body: { context: await this.contextNow() } });
  }

  show({ sessionId, messages, ...rest }) {
    keep(this.name("session"), sessionId || undefined);
    this.set({ sessionId, messages: shown(messages), shown: this.state.shown + 1, files: [], calls: [], ...rest });
  }

  /** Show a conversation of the visitor's; false when it is gone. An answer that was being made goes on. */
  async showEarlier(sessionId) {
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
    this.show({ sessionId, messages, hasEnded: session.ended, human: session.human, stage: "ready" });
    const run = kept(this.name("run"));
    if (run?.sessionId === sessionId && !isAnswered(messages, run.questionId)) this.goOn(run.id);
    else this.listen();
    return true;
  }

  /** Read an answer again from its first event, in place of what was stored of it so far. */
  goOn(runId) {
    const { messages } = this.state;
    const question = messages.findLast((one) => one.role === "user")?.text;
    const answer = emptyAnswer({ question, runId });
    const isPartial = messages.at(-1)?.role === "assistant" && messages.at(-1).status !== "done";
    this.set({ messages: [...(isPartial ? messages.slice(0, -1) : messages), answer] });
    void this.read(answer, { last: `${runId}.0` });
  }

  /** Ask; the text is in the conversation at once, and stays there with a way to try again if it cannot be sent. */
  async send(text) {
    const question = { key: newKey(), role: "user", text, files: this.state.files, status: "done", steps: [] };
    const answer = emptyAnswer({ question: text });
    this.set({ messages: [...this.state.messages, question, answer], spoken: "" });
    await this.ask(answer, text);
  }

  async ask(answer, text) {
    // Before anything is waited for: a second Enter must not ask twice.
    this.isStopping = false;
    this.set({ isRunning: true, files: [] });
    const context = await this.contextNow();
    const question = { message: text, session_id: this.state.sessionId || undefined, context, tools: this.tools.described() };
    await this.read(answer, { question });
  }

  /** Ask again what could not be answered; where only the line was cut, read on instead. */
  async retry(answer) {
    const { key, question } = answer;
    const runId = answer.trouble.code === "offline" ? answer.runId : undefined;
    this.change(key, () => emptyAnswer({ key, question, runId }));
    if (runId) await this.read(answer, { last: `${runId}.0` });
    else await this.ask(answer, question);
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
    if (kind === "session") this.begun(key, event);
    if (kind === "error") throw new Refusal(data);
    if (kind === "tool") this.tools.take(data);
    if (kind === "state" && data.name === "human") this.set({ human: this.state.human || "…" });
    if (kind === "done") return this.finish(key, event);
    const isRefused = kind === "tool" && this.tools.refused.has(data.call_id);
    this.change(key, (answer) => taken(answer, isRefused ? { kind, data: { ...data, status: "refused" } } : event));
    return false;
  }

  /** The server has taken the question, and says which conversation it belongs to. */
  begun(key, { id, data: { session_id, message_id } }) {
    const runId = id.slice(0, id.lastIndexOf("."));
    const { question, runId: known } = this.state.messages.find((one) => one.key === key);
    keep(this.name("session"), session_id);
    keep(this.name("run"), { id: runId, sessionId: session_id, questionId: message_id });
    this.set({ sessionId: session_id });
    this.change(key, (answer) => ({ ...answer, runId }));
    if (question && !known) this.host?.send("said", { message: { role: "user", text: question, session_id } });
    if (this.isStopping) void this.stop();
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
    this.isStopping = !this.state.sessionId;
    if (this.isStopping) return;
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
      if (!this.state.sessionId) {
        this.set({ sessionId: (await this.open()).session_id });
        keep(this.name("session"), this.state.sessionId);
      }
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
