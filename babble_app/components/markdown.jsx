// A message's Markdown: GitHub's dialect, no raw HTML, highlighted code with a copy button, numbered sources.
import { Fragment, createElement, memo, useEffect, useState } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { CopyButton } from "$/public/external/babble_app/components/copy_button/copy_button.jsx";

// The highlighter is 20 KB and most messages hold no code: it is fetched with the first block.
let highlighter = null;
const loadHighlighter = () => {
  highlighter ??= import("$/public/external/babble_app/components/markdown/highlighter.js").then((module) => module.highlight);
  return highlighter;
};

function elementsOf(nodes) {
  return nodes.map((node, index) =>
    node.type === "text"
      ? createElement(Fragment, { key: index }, node.value)
      : createElement("span", { key: index, className: node.properties.className.join(" ") }, elementsOf(node.children)),
  );
}

function CodeBlock({ language, text }) {
  const [painted, setPainted] = useState(null);
  const [wrapped, setWrapped] = useState(false);
  useEffect(() => {
    let wanted = true;
    loadHighlighter().then((highlight) => wanted && setPainted({ text, nodes: highlight(language, text) }));
    return () => { wanted = false; };
  }, [language, text]);
  // While a block grows, the part that was painted keeps its colours.
  const known = painted && text.startsWith(painted.text) ? painted : { text: "", nodes: [] };
  return (
    <figure className="md-code">
      <figcaption>
        <span className="md-code-language">{language || "text"}</span>
        <button type="button" className="md-code-button" aria-pressed={wrapped} onClick={() => setWrapped(!wrapped)}>Wrap</button>
        <CopyButton className="md-code-button" text={text} />
      </figcaption>
      <pre tabIndex={0} className={wrapped ? "is-wrapped" : undefined}>
        <code>{elementsOf(known.nodes)}{text.slice(known.text.length)}</code>
      </pre>
    </figure>
  );
}

function textOf(node) {
  return node.type === "text" ? node.value : (node.children ?? []).map(textOf).join("");
}

function Pre({ node }) {
  const code = node.children.find((child) => child.tagName === "code");
  const name = (code?.properties?.className ?? []).find((one) => one.startsWith("language-"));
  return <CodeBlock language={name ? name.slice("language-".length) : ""} text={textOf(code ?? node).replace(/\n$/, "")} />;
}

// Links leave in a tab of their own; an address that the sanitiser emptied is plain text. Sources stay on the page.
function toSource(event, id) {
  event.preventDefault();
  const source = document.getElementById(id);
  source?.querySelector("details")?.setAttribute("open", "");
  source?.scrollIntoView({ block: "nearest" });
}

function Link({ href, title, children }) {
  if (!href) return <span>{children}</span>;
  if (href.startsWith("#source-")) return <a href={href} className="md-source" title={title} onClick={(event) => toSource(event, href.slice(1))}>{children}</a>;
  return <a href={href} title={title} target="_blank" rel="noopener noreferrer nofollow">{children}</a>;
}

const Table = ({ children }) => <div className="md-table" tabIndex={0} role="region" aria-label="Table"><table>{children}</table></div>;
// A picture from elsewhere would tell its server who reads the chat: it is offered as a link instead.
// What a model made here is shown: it is a file of the person's own.
const OWN_FILE = /^\/api\/files\/[\w-]+\/content$/;

function Picture({ src, alt }) {
  if (!OWN_FILE.test(src ?? "")) return <Link href={src}>{alt || "picture"}</Link>;
  if (/\.(mp4|webm)$/.test(alt ?? "")) return <video className="md-picture" src={src} controls preload="metadata" aria-label={alt} />;
  return <a href={src} download={alt}><img className="md-picture" src={src} alt={alt} /></a>;
}

const COMPONENTS = { a: Link, img: Picture, pre: Pre, table: Table };

// Turns `[2]` into a link to source 2 of the message, where the message has such a source.
function sourceLinks({ sources, anchor }) {
  const split = (text) =>
    text.split(/(\[\d{1,3}\])/).filter(Boolean).map((piece) => {
      const number = /^\[(\d+)\]$/.exec(piece)?.[1];
      if (!number || !sources.includes(Number(number))) return { type: "text", value: piece };
      const children = [{ type: "text", value: number }];
      return { type: "link", url: `#source-${anchor}-${number}`, title: `Source ${number}`, children };
    });
  const visit = (node) => {
    if (!node.children || node.type === "link") return;
    node.children = node.children.flatMap((child) => (child.type === "text" ? split(child.value) : [child]));
    node.children.forEach(visit);
  };
  return () => (tree) => visit(tree);
}

// HTML in a message is words like any other; a block of it gets a paragraph.
const htmlAsText = () => (tree) => {
  const visit = (node, inText) => {
    if (!node.children) return;
    node.children = node.children.map((child) => {
      if (child.type !== "html") return child;
      const text = { type: "text", value: child.value };
      return inText ? text : { type: "paragraph", children: [text] };
    });
    node.children.forEach((child) => visit(child, ["paragraph", "heading", "tableCell", "emphasis", "strong", "link"].includes(child.type)));
  };
  visit(tree, false);
};

export const Markdown = memo(function Markdown({ source = "", sources = [], anchor = "" }) {
  const plugins = sources.length ? [remarkGfm, htmlAsText, sourceLinks({ sources, anchor })] : [remarkGfm, htmlAsText];
  return (
    <ReactMarkdown remarkPlugins={plugins} components={COMPONENTS}>
      {source}
    </ReactMarkdown>
  );
}, (before, after) =>
  before.source === after.source && before.anchor === after.anchor && String(before.sources) === String(after.sources));
