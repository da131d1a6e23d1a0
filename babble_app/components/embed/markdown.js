// A small Markdown reader: text to a tree of plain objects. No HTML comes out of it, and no image is ever loaded.
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]{0,30})[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^( {0,9})([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const LINK = /\[([^\]\n]{0,500})\]\(\s*<?([^\s()<>]{1,2000}(?:\([^\s()]{0,500}\)[^\s()<>]{0,500})?)>?(?:\s+"[^"\n]{0,300}")?\s*\)/y;
const ADDRESS = /https?:\/\/[^\s<>"'`]{1,2000}/y;
const MARKS = [["**", "strong"], ["__", "strong"], ["~~", "del"], ["*", "em"], ["_", "em"]];
const MAX_DEPTH = 6;

/** Return the address if a click may lead there; empty for scripts, data and whatever else. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** Return the blocks of a text: `{type, ...}` with `children` (inline), `items`, `text` or `rows`. */
export function readBlocks(text, depth = 0) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (!line.trim()) {
      at += 1;
      continue;
    }
    const [block, next] = readBlock(lines, at, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines, at, depth) {
  const line = lines[at];
  const fence = FENCE.exec(line);
  if (fence) return readFence(lines, at, fence);
  const heading = HEADING.exec(line);
  if (heading) return [{ type: "heading", level: heading[1].length, children: readInline(heading[2]) }, at + 1];
  if (RULE.test(line)) return [{ type: "rule" }, at + 1];
  if (depth < MAX_DEPTH && /^ {0,3}>/.test(line)) return readQuote(lines, at, depth);
  if (depth < MAX_DEPTH && ITEM.test(line)) return readList(lines, at, depth);
  if (line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "") && lines[at + 1].includes("-")) return readTable(lines, at);
  return readParagraph(lines, at);
}

function readFence(lines, at, [, mark, language]) {
  const body = [];
  let end = at + 1;
  while (end < lines.length && !(lines[end].trim().startsWith(mark) && /^[`~]+$/.test(lines[end].trim()))) {
    body.push(lines[end]);
    end += 1;
  }
  return [{ type: "code", language, text: body.join("\n") }, end + 1];
}

function readQuote(lines, at, depth) {
  const body = [];
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end])) body.push(lines[end++].replace(/^ {0,3}> ?/, ""));
  return [{ type: "quote", blocks: readBlocks(body.join("\n"), depth + 1) }, end];
}

function readList(lines, at, depth) {
  const [, indent, marker] = ITEM.exec(lines[at]);
  const isOrdered = /\d/.test(marker);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    const isNext = item && item[1].length <= indent.length + 1 && /\d/.test(item[2]) === isOrdered && !RULE.test(lines[end]);
    if (isNext) items.push([item[3]]);
    else if (!lines[end].trim() && /^\s/.test(lines[end + 1] ?? "")) items.at(-1).push("");
    else if (item ? item[1].length > indent.length + 1 : /^\s{2,}\S/.test(lines[end])) {
      items.at(-1).push(lines[end].slice(Math.min(indent.length + 2, /^ */.exec(lines[end])[0].length)));
    } else break;
    end += 1;
  }
  const start = isOrdered ? parseInt(marker, 10) : undefined;
  return [{ type: "list", isOrdered, start, items: items.map((item) => readBlocks(item.join("\n"), depth + 1)) }, end];
}

function cellsOf(line) {
  return line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => readInline(cell.trim()));
}

function readTable(lines, at) {
  const rows = [];
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) rows.push(cellsOf(lines[end++]));
  return [{ type: "table", head: cellsOf(lines[at]), rows }, end];
}

function readParagraph(lines, at) {
  const body = [lines[at].trimStart()];
  let end = at + 1;
  const begins = (line) => FENCE.test(line) || HEADING.test(line) || ITEM.test(line) || /^ {0,3}>/.test(line) || RULE.test(line);
  while (end < lines.length && lines[end].trim() && !begins(lines[end])) body.push(lines[end++].trimStart());
  return [{ type: "paragraph", children: readInline(body.join("\n")) }, end];
}

/** Return the parts of a line of text: strings, and `{type, children | text, address?}`. */
export function readInline(text, depth = 0) {
  const parts = [];
  const missing = new Set(); // marks that have no end from here on: looked for once only
  let plain = "";
  let at = 0;
  const add = (part, length) => {
    if (plain) parts.push(plain);
    plain = "";
    parts.push(part);
    at += length;
  };
  while (at < text.length) {
    const found = depth < MAX_DEPTH && readPart(text, at, depth, missing);
    if (found) add(...found);
    else if (text[at] === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "")) {
      plain += text[at + 1];
      at += 2;
    } else plain += text[at++];
  }
  if (plain) parts.push(plain);
  return parts;
}

function readPart(text, at, depth, missing) {
  const sign = text[at];
  if (sign === "\n") return [{ type: "break" }, 1];
  if (sign === "`") return readCode(text, at, missing);
  if (sign === "[" || (sign === "!" && text[at + 1] === "[")) return readLink(text, at, depth);
  if (sign === "h" && !/\w/.test(text[at - 1] ?? "")) return readAddress(text, at);
  if ("*_~".includes(sign)) return readMarked(text, at, depth, missing);
  return null;
}

function readCode(text, at, missing) {
  const mark = /^`+/.exec(text.slice(at, at + 20))[0];
  if (missing.has(mark)) return null;
  const end = text.indexOf(mark, at + mark.length);
  if (end < 0) {
    missing.add(mark);
    return null;
  }
  return [{ type: "codeSpan", text: text.slice(at + mark.length, end).trim() }, end + mark.length - at];
}

function readLink(text, at, depth) {
  const isImage = text[at] === "!";
  LINK.lastIndex = at + (isImage ? 1 : 0);
  const match = LINK.exec(text);
  if (!match) return null;
  const address = safeAddress(match[2]);
  const children = isImage ? [match[1] || match[2]] : readInline(match[1], depth + 1);
  return [address ? { type: "link", address, children } : { type: "span", children }, match[0].length + (isImage ? 1 : 0)];
}

function readAddress(text, at) {
  ADDRESS.lastIndex = at;
  const match = ADDRESS.exec(text)?.[0].replace(/[.,;:!?*_~)\]]+$/, "");
  const address = match && safeAddress(match);
  return address ? [{ type: "link", address, children: [match] }, match.length] : null;
}

function readMarked(text, at, depth, missing) {
  const found = MARKS.find(([mark]) => text.startsWith(mark, at));
  if (!found) return null;
  const [mark, type] = found;
  const start = at + mark.length;
  const isInWord = mark[0] === "_" && /\w/.test(text[at - 1] ?? "");
  if (missing.has(mark) || isInWord || /\s/.test(text[start] ?? " ")) return null;
  let end = text.indexOf(mark, start + 1);
  while (end > 0 && /\s/.test(text[end - 1])) end = text.indexOf(mark, end + 1);
  if (end < 0) {
    missing.add(mark);
    return null;
  }
  return [{ type, children: readInline(text.slice(start, end), depth + 1) }, end + mark.length - at];
}
