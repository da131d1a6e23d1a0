// Exchanges the app's public token for one of this visitor's own; the visitor is remembered in the page's own storage.

/** Storage that may be blocked or full: then what is kept lives as long as the page. */
export function keeper(kind) {
  const kept = new Map();
  return {
    get(key) {
      try {
        return window[kind].getItem(key) ?? kept.get(key) ?? "";
      } catch {
        return kept.get(key) ?? "";
      }
    },
    set(key, value) {
      kept.set(key, value);
      try {
        window[kind].setItem(key, value);
      } catch {
        // Blocked: kept above.
      }
    },
  };
}

const visitors = keeper("localStorage");

/** Return `{visitor_token, expires_in, visitor_id, app}`; throws `{code, detail, retryable}`. */
export async function exchange({ appToken, apiUrl, user }, signal) {
  const key = `babble-buddy.${apiUrl}.${appToken.slice(0, 9)}`;
  const [visitor_id, visitor_secret] = visitors.get(key).split(" ");
  const body = { page: location.origin + location.pathname };
  if (visitor_secret) Object.assign(body, { visitor_id, visitor_secret });
  if (user?.id) body.user = { id: user.id, name: user.name ?? "", signature: user.signature ?? "" };
  let answer;
  try {
    answer = await fetch(`${apiUrl}/api/v1/visitors`, {
      method: "POST",
      credentials: "omit",
      headers: { Authorization: `Bearer ${appToken}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    throw { code: "offline", detail: `${apiUrl} cannot be reached: ${error.message}`, retryable: true };
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const retryable = answer.status === 429 || answer.status >= 500;
    throw { code: data.code ?? "internal", detail: data.detail ?? `${apiUrl} answers ${answer.status}`, retryable };
  }
  if (data.visitor_secret) visitors.set(key, `${data.visitor_id} ${data.visitor_secret}`);
  return data;
}
