// One answer being made: asks once, reads its events, and reads on behind the last one when the line was cut.
import { Refusal, Unreachable } from "./client.js";
import { newKey } from "./kept.js";

const PAUSES_SECONDS = [0.5, 1, 2, 4, 8, 15, 30];

/** Wait; sooner when the browser says that it is back online. */
function pause(seconds, signal) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, seconds * 1000);
    window.addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
}

/** Return an answer that nothing has come for yet. */
export function emptyAnswer(fields = {}) {
  return { key: newKey(), id: "", role: "assistant", text: "", status: "running", human: "", steps: [], citations: [], rating: null, ...fields };
}

/**
 * Read an answer's events to the last; `take(event)` says whether it was that.
 * `question` is sent once, with a key by which the server knows a repetition; `last` names an event to go on behind instead.
 */
export async function follow(client, { question, last = "", signal }, take) {
  const key = newKey();
  let failures = 0;
  let isWhole = false;
  for (;;) {
    try {
      const [method, options] = last
        ? ["GET", { headers: { "Last-Event-ID": last }, signal }]
        : ["POST", { body: question, headers: { "Idempotency-Key": key }, signal }];
      await client.stream(method, "/chat/stream", options, (event) => {
        failures = 0;
        last = event.id || last;
        isWhole = take(event) || isWhole;
      });
      if (isWhole) return;
      throw new Unreachable("the stream ended before the answer did");
    } catch (error) {
      if (signal.aborted || error instanceof Refusal || !(error instanceof Unreachable)) throw error;
      if (failures >= PAUSES_SECONDS.length) throw error;
      await pause(PAUSES_SECONDS[failures++], signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Return the answer after an event, as a new object. */
export function taken(answer, { kind, data }) {
  if (kind === "session") return { ...answer, id: data.message_id };
  if (kind === "delta") return { ...answer, text: answer.text + data.text };
  if (kind === "citation") return { ...answer, citations: [...answer.citations, data] };
  if (kind === "state") return { ...answer, state: data.name };
  if (kind === "tool") return { ...answer, steps: stepped(answer.steps, data) };
  if (kind === "done") {
    return { ...answer, id: data.message_id || answer.id, text: data.response || answer.text, citations: data.citations, status: "done" };
  }
  return answer;
}

function stepped(steps, { call_id: id, name, status, summary }) {
  const others = steps.filter((step) => step.id !== id);
  return [...others, { id, name, status, summary }];
}
