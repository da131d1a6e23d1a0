// One message: its text, what was done for it, its sources, and what the visitor can say about it.
import { memo, useState } from "react";
import { Icon, IconButton } from "./icons.jsx";
import { Markdown } from "./markdown.jsx";
import { troubleWords } from "./words.js";

function Sources({ citations, say }) {
  return (
    <details className="embed-sources">
      <summary>{say("sources")} ({citations.length})</summary>
      <ol>
        {citations.map((one) => (
          <li key={one.number} value={one.number}>
            <SourceName one={one} />
            {one.page && <span className="embed-faint"> · {say("page")} {one.page}</span>}
            {one.quote && <q dir="auto">{one.quote}</q>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function SourceName({ one }) {
  if (!/^https?:\/\//.test(one.url)) return <bdi>{one.file}</bdi>;
  return (
    <a href={one.url} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{one.file || one.url}</bdi> <span className="embed-host">({new URL(one.url).host})</span>
    </a>
  );
}

function Rating({ message, say, onRate }) {
  const [comment, setComment] = useState("");
  const [asks, setAsks] = useState(false);
  const rate = (rating) => {
    onRate(message, rating);
    setAsks(rating === "down");
  };
  const send = (event) => {
    event.preventDefault();
    onRate(message, "down", comment);
    setAsks(false);
  };
  return (
    <>
      <IconButton name="up" label={say("good")} aria-pressed={message.rating === "up"} onClick={() => rate("up")} />
      <IconButton name="down" label={say("bad")} aria-pressed={message.rating === "down"} onClick={() => rate("down")} />
      {asks && (
        <form className="embed-comment" onSubmit={send}>
          <input value={comment} onChange={(event) => setComment(event.target.value)} maxLength={2000} aria-label={say("comment")} placeholder={say("comment")} />
          <button type="submit" className="embed-button">{say("sendComment")}</button>
        </form>
      )}
    </>
  );
}

function CopyButton({ text, say }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(text).then(() => setIsCopied(true), () => {});
  return <IconButton name={isCopied ? "check" : "copy"} label={say(isCopied ? "copied" : "copy")} onClick={copy} onBlur={() => setIsCopied(false)} />;
}

function Steps({ steps, say }) {
  const words = { called: "working", done: "used", failed: "failedTool", refused: "refusedTool" };
  return (
    <ul className="embed-steps">
      {steps.filter((step) => step.status !== "wanted").map((step) => <li key={step.id} data-status={step.status}>{say(words[step.status], { name: step.name })}</li>)}
    </ul>
  );
}

function Trouble({ message, say, onRetry }) {
  return (
    <div className="embed-trouble" data-code={message.trouble.code}>
      <p>{troubleWords(say, message.trouble)}</p>
      {message.question !== undefined && message.trouble.code !== "interrupted" && (
        <button type="button" className="embed-button" onClick={() => onRetry(message)}>{say("again")}</button>
      )}
    </div>
  );
}

function Answer({ message, isAsking, say, onRate, onRetry }) {
  const isWaiting = message.status === "running" && !message.text && !isAsking;
  return (
    <>
      {message.human && <p className="embed-person"><Icon name="check" /> {say("personNamed", { name: message.human })}</p>}
      {message.steps.length > 0 && <Steps steps={message.steps} say={say} />}
      {message.text && <Markdown text={message.text} />}
      {isWaiting && <p className="embed-thinking"><span aria-hidden="true"><i /><i /><i /></span>{say("thinking")}</p>}
      {message.trouble && <Trouble message={message} say={say} onRetry={onRetry} />}
      {message.citations?.length > 0 && <Sources citations={message.citations} say={say} />}
      {message.status === "done" && message.id && message.text && (
        <div className="embed-acts">
          <CopyButton text={message.text} say={say} />
          {!message.human && <Rating message={message} say={say} onRate={onRate} />}
        </div>
      )}
    </>
  );
}

export const Message = memo(function Message({ message, ...rest }) {
  const isMine = message.role === "user";
  return (
    <li className={`embed-message ${isMine ? "is-mine" : "is-answer"}`} data-status={message.status}>
      <span className="visually-hidden">{rest.say(isMine ? "you" : "answer")}: </span>
      {isMine ? <p dir="auto">{message.text}</p> : <Answer message={message} {...rest} />}
      {message.files?.length > 0 && <p className="embed-given"><Icon name="clip" /> <bdi>{message.files.map((file) => file.name).join(", ")}</bdi></p>}
    </li>
  );
});
