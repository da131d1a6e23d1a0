// The wire to /api/v1: a visitor's token that is held in memory and renewed, plain calls, and streams of events.
const EARLY_SECONDS = 60;

/** The server's answer was a refusal, with the code that API.md names. */
export class Refusal extends Error {
  constructor({ code = "internal", detail = "", retryable = false }, retryAfter = 0) {
    super(detail);
    Object.assign(this, { code, retryable, retryAfter });
  }
}

/** The server could not be reached, or went away in the middle. */
export class Unreachable extends Error {}

async function refusalOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  return new Refusal(problem, Number(answer.headers.get("Retry-After")) || 0);
}

async function fetchOrFail(address, options) {
  try {
    return await fetch(address, { credentials: "omit", cache: "no-store", ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreachable(error.message);
  }
}

/** Make a client; `newToken()` returns `{token, expiresIn}` when there is none, or the one there is cannot be renewed. */
export function makeClient(newToken) {
  let token = "";
  let until = 0; // in ms of performance.now(): the visitor's clock may be wrong

  const keep = (given) => {
    token = given.token;
    until = performance.now() + (given.expiresIn - EARLY_SECONDS) * 1000;
  };

  let renewing = null;
  const renew = () => {
    renewing ??= (async () => {
      const answer = token && (await fetchOrFail("/api/v1/visitors", {
        method: "POST", body: "{}", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      }));
      if (answer?.ok) {
        const visit = await answer.json();
        keep({ token: visit.visitor_token, expiresIn: visit.expires_in });
      } else keep(await newToken());
    })().finally(() => void (renewing = null));
    return renewing;
  };

  const open = async (method, path, { body, headers = {}, signal } = {}) => {
    if (performance.now() > until) await renew();
    const send = () => {
      const isForm = body instanceof FormData;
      const type = body && !isForm ? { "Content-Type": "application/json" } : {};
      const sent = isForm ? body : body && JSON.stringify(body);
      return fetchOrFail(`/api/v1${path}`, { method, signal, body: sent, headers: { ...type, ...headers, Authorization: `Bearer ${token}` } });
    };
    let answer = await send();
    if (answer.status === 401) {
      await renew();
      answer = await send();
    }
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  };

  return {
    keep,
    /** Have a token, so that what comes with the first one is known. */
    begin: () => (token ? Promise.resolve() : renew()),
    async call(method, path, options) {
      const answer = await open(method, path, options);
      return answer.status === 204 ? null : answer.json();
    },
    /** Call `take({id, kind, data})` for each event of a stream, until the server ends it. */
    async stream(method, path, options, take) {
      const answer = await open(method, path, options);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read().catch((error) => {
          if (options.signal?.aborted) throw error;
          throw new Unreachable(error.message);
        });
        if (done) return;
        const frames = (rest + value).split("\n\n");
        rest = frames.pop();
        for (const frame of frames) {
          const event = readFrame(frame);
          if (event) take(event);
        }
      }
    },
  };
}

/** Return `{id, kind, data}` of an event; null for comments. */
export function readFrame(frame) {
  const fields = {};
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
  }
  return fields.data ? { id: fields.id ?? "", kind: fields.event ?? "message", data: JSON.parse(fields.data) } : null;
}
