// Colours for code blocks in messages: a dozen languages of highlight.js, as a tree and never as HTML.
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";

const MOST_CHARS = 50_000; // above this, colours are not worth the wait

function based(hljs) {
  const language = python(hljs);
  const built_in = [...language.keywords.built_in, "talk", "say", "ask", "extract", "done"];
  return { ...language, name: "Based", keywords: { ...language.keywords, keyword: [...language.keywords.keyword, "loop", "until"], built_in } };
}

const lowlight = createLowlight({ based, bash, css, diff, javascript, json, python, sql, typescript, xml, yaml });
lowlight.registerAlias({ bash: ["sh", "shell", "console"], javascript: ["js", "jsx"], python: ["py"], typescript: ["ts", "tsx"], xml: ["html", "svg"], yaml: ["yml"] });

export function highlight(language, text) {
  if (!lowlight.registered(language) || text.length > MOST_CHARS) return [{ type: "text", value: text }];
  return lowlight.highlight(language, text).children;
}
