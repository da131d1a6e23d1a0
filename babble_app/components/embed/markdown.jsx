// Markdown as elements; links say where they lead and open only by a click, in a window that knows nothing of this one.
import { memo, useMemo } from "react";
import { readBlocks } from "./markdown.js";

const MARKS = { strong: "strong", em: "em", del: "del", span: "span" };

function Link({ part }) {
  const { host, protocol } = new URL(part.address);
  const isNamed = !host || JSON.stringify(part.children).includes(host);
  return (
    <a href={part.address} target={protocol.startsWith("http") ? "_blank" : undefined} rel="noopener noreferrer nofollow">
      <Inline parts={part.children} />
      {!isNamed && <span className="embed-host"> ({host})</span>}
    </a>
  );
}

function Inline({ parts }) {
  return parts.map((part, index) => {
    if (typeof part === "string") return part;
    if (part.type === "break") return <br key={index} />;
    if (part.type === "codeSpan") return <code key={index}>{part.text}</code>;
    if (part.type === "link") return <Link key={index} part={part} />;
    const Mark = MARKS[part.type];
    return <Mark key={index}><Inline parts={part.children} /></Mark>;
  });
}

function Table({ block }) {
  return (
    <div className="embed-wide" tabIndex={0}>
      <table>
        <thead><tr>{block.head.map((cell, index) => <th key={index}><Inline parts={cell} /></th>)}</tr></thead>
        <tbody>
          {block.rows.map((row, at) => <tr key={at}>{row.map((cell, index) => <td key={index}><Inline parts={cell} /></td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function Block({ block }) {
  if (block.type === "heading") return <p className="embed-heading" role="heading" aria-level={Math.min(block.level + 2, 6)}><Inline parts={block.children} /></p>;
  if (block.type === "rule") return <hr />;
  if (block.type === "code") return <pre className="embed-wide" tabIndex={0} dir="ltr"><code>{block.text}</code></pre>;
  if (block.type === "quote") return <blockquote><Blocks blocks={block.blocks} /></blockquote>;
  if (block.type === "table") return <Table block={block} />;
  if (block.type === "list") {
    const List = block.isOrdered ? "ol" : "ul";
    return <List start={block.start}>{block.items.map((item, index) => <li key={index}><Blocks blocks={item} isTight /></li>)}</List>;
  }
  return <p><Inline parts={block.children} /></p>;
}

function Blocks({ blocks, isTight = false }) {
  return blocks.map((block, index) =>
    isTight && index === 0 && block.type === "paragraph"
      ? <Inline key={index} parts={block.children} />
      : <Block key={index} block={block} />,
  );
}

export const Markdown = memo(function Markdown({ text }) {
  const blocks = useMemo(() => readBlocks(text), [text]);
  return <div className="embed-markdown" dir="auto"><Blocks blocks={blocks} /></div>;
});
