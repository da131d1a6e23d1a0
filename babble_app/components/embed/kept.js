// What a reload must not lose, in the tab's own storage. Browsers that give a frame of another site none leave it to the page around it.
const LENT = /\.(session|run|calls)$/; // what the page may know: it has the visitor's token anyway
const memory = new Map();
let lend = () => {};

/** Return what is kept under the name; undefined when there is nothing. */
export function kept(name, storage = "sessionStorage") {
  try {
    return JSON.parse(window[storage].getItem(`babble.embed.${name}`)) ?? memory.get(name);
  } catch {
    return memory.get(name);
  }
}

/** Keep a value; undefined forgets it. */
export function keep(name, value, storage = "sessionStorage") {
  if (value === undefined) memory.delete(name);
  else memory.set(name, value);
  if (LENT.test(name)) lend();
  try {
    if (value === undefined) window[storage].removeItem(`babble.embed.${name}`);
    else window[storage].setItem(`babble.embed.${name}`, JSON.stringify(value));
  } catch {
    // Blocked or full: it is in the memory.
  }
}

/** Go on with what the page around the frame has kept for it, and let it keep what comes, where the frame's own storage is blocked. */
export function keepWith(host, given) {
  if (window.sessionStorage instanceof Storage) return; // boot.js replaces what is blocked
  for (const [name, value] of entriesOf(given)) if (LENT.test(name)) memory.set(name, value);
  lend = () => host.send("keep", { kept: JSON.stringify(Object.fromEntries([...memory].filter(([name]) => LENT.test(name)))) });
}

function entriesOf(given) {
  try {
    return Object.entries(JSON.parse(given));
  } catch {
    return []; // nothing yet, or what is none of ours
  }
}

/** Return a name that nobody else has; crypto.randomUUID is not there on plain http. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
