// The host page's functions: told to the agent, and carried out when the visitor agrees.
import { keep, kept } from "./kept.js";

const ANSWER_SECONDS = 90; // the page itself gives up after 60

export class PageTools {
  constructor(conversation, host) {
    Object.assign(this, { conversation, host });
    this.tools = [];
    this.refused = new Set();
    this.done = new Set();
    this.allowed = new Set();
  }

  /** After a reload the answer's events come again: nothing is carried out twice, nor asked again. */
  recall() {
    this.done = new Set(kept(this.conversation.name("calls")) ?? []);
    this.allowed = new Set(kept(this.conversation.name("allowed")) ?? []);
  }

  described() {
    return this.host ? this.tools.map(({ name, description, parameters }) => ({ name, description, parameters })) : [];
  }

  /** Take a `tool` event in: ask the visitor about a wanted one, take the question back when nobody waits any more. */
  take({ call_id: id, name, status, arguments: given }) {
    if (status !== "wanted") {
      this.remove(id);
      return;
    }
    if (this.done.has(id)) return;
    const tool = this.tools.find((one) => one.name === name);
    const call = { id, name, given, description: tool?.description ?? "", status: "asking" };
    this.conversation.set({ calls: [...this.conversation.state.calls, call] });
    if (!tool) void this.answer(call, { ok: false, result: `this page has no function ${name}` });
    else if (!tool.confirm || this.allowed.has(name)) void this.allow(call);
  }

  async allow(call, { always = false } = {}) {
    if (always) {
      this.allowed.add(call.name);
      keep(this.conversation.name("allowed"), [...this.allowed]);
    }
    this.note(call.id);
    this.conversation.set({ calls: this.conversation.state.calls.map((one) => (one.id === call.id ? { ...one, status: "running" } : one)) });
    const answer = await this.host.ask("call", { name: call.name, arguments: call.given }, ANSWER_SECONDS);
    await this.answer(call, answer ?? { ok: false, result: "the page did not answer" });
  }

  refuse(call) {
    this.refused.add(call.id);
    this.note(call.id);
    return this.answer(call, { ok: false, result: "the visitor does not want that" });
  }

  async answer(call, { ok, result }) {
    this.remove(call.id);
    const body = { call_id: call.id, ok, result };
    await this.conversation.client.call("POST", `/sessions/${this.conversation.state.sessionId}/tool-results`, { body }).catch(() => {});
  }

  note(id) {
    this.done.add(id);
    keep(this.conversation.name("calls"), [...this.done]);
  }

  remove(id) {
    this.conversation.set({ calls: this.conversation.state.calls.filter((call) => call.id !== id) });
  }

  /** The answer is whole: none of its calls can come again. */
  forget() {
    this.done.clear();
    keep(this.conversation.name("calls"), undefined);
  }
}
