// The page's own functions: what agents are told of them, whether arguments fit, and carrying one out.
const RUN_SECONDS = 60;
const MOST_TOOLS = 16;
const RESULT_CHARS = 20_000;

/** Return what agents are told, a list of `{name, description, parameters, confirm}`. */
export function described(tools = {}) {
  return Object.entries(tools)
    .filter(([, tool]) => typeof tool?.handler === "function")
    .slice(0, MOST_TOOLS)
    .map(([name, { description = "", parameters = { type: "object" }, confirm = true }]) => ({
      name, description, parameters, confirm: confirm !== false,
    }));
}

function typeOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function hasType(value, type) {
  if (type === "integer") return Number.isInteger(value);
  return typeOf(value) === type;
}

/** Return why `value` does not fit the JSON Schema (type, enum, const, required, properties, items, sizes); empty: it does. */
export function misfit(schema, value, path = "arguments") {
  if (schema === false) return `${path} is not wanted`;
  if (typeOf(schema) !== "object") return "";
  const types = [schema.type ?? []].flat();
  if (types.length && !types.some((type) => hasType(value, type))) return `${path} must be ${types.join(" or ")}`;
  if (schema.enum && !schema.enum.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
    return `${path} must be one of ${JSON.stringify(schema.enum)}`;
  }
  if ("const" in schema && JSON.stringify(schema.const) !== JSON.stringify(value)) return `${path} must be ${JSON.stringify(schema.const)}`;
  return misfitInside(schema, value, path) || misfitSize(schema, value, path);
}

function misfitInside(schema, value, path) {
  if (typeOf(value) === "array") {
    for (const [index, item] of value.entries()) {
      const reason = misfit(schema.items, item, `${path}[${index}]`);
      if (reason) return reason;
    }
  }
  if (typeOf(value) !== "object") return "";
  const missing = (schema.required ?? []).find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${path}.${missing} is missing`;
  const properties = schema.properties ?? {};
  for (const [name, item] of Object.entries(value)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
    const reason = misfit(inner, item, `${path}.${name}`);
    if (reason) return reason;
  }
  return "";
}

function misfitSize(schema, value, path) {
  const size = typeof value === "number" ? value : value?.length;
  const [least, most] = typeof value === "number"
    ? [schema.minimum, schema.maximum]
    : [schema.minLength ?? schema.minItems, schema.maxLength ?? schema.maxItems];
  if (size < least) return `${path} must be at least ${least}`;
  if (size > most) return `${path} must be at most ${most}`;
  return "";
}

/** Carry out a call; returns `{ok, result}`, the result as text. */
export async function carryOut(tools, name, given) {
  const tool = Object.hasOwn(tools ?? {}, name) ? tools[name] : null;
  if (typeof tool?.handler !== "function") return { ok: false, result: `this page has no function ${name}` };
  const reason = misfit(tool.parameters, given);
  if (reason) return { ok: false, result: reason };
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no result within ${RUN_SECONDS} s`)), RUN_SECONDS * 1000);
  });
  try {
    const result = await Promise.race([tool.handler(given), late]);
    const text = typeof result === "string" ? result : JSON.stringify(result ?? "done");
    return { ok: true, result: text.slice(0, RESULT_CHARS) };
  } catch (error) {
    return { ok: false, result: String(error?.message ?? error).slice(0, 500) };
  } finally {
    clearTimeout(timer);
  }
}
