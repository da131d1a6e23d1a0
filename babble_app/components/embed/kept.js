// What a reload must not lose, in the tab's own storage; where that is blocked, it lives as long as the page.
const memory = new Map();

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
  try {
    if (value === undefined) window[storage].removeItem(`babble.embed.${name}`);
    else window[storage].setItem(`babble.embed.${name}`, JSON.stringify(value));
  } catch {
    // Blocked or full: it is in the memory.
  }
}

/** Return a name that nobody else has; crypto.randomUUID is not there on plain http. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
