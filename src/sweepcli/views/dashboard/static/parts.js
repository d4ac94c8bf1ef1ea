// The parts that many pages share: cards, tables, facts, commands, and the page of an error.

import { button, h } from "./dom.js";

const TITLES = {
  0: "The server does not answer",
  400: "Nothing to compare",
  401: "Not signed in",
  403: "Not signed in",
  404: "Not found",
};

/** Return what is shown in place of a page. */
export function problemView(problem, retry = null) {
  if (!("status" in problem)) console.error(problem); // a mistake of ours
  return h(
    "section.card.empty",
    { role: "alert" },
    h("h1", TITLES[problem.status] ?? "This page could not be shown"),
    h("p", sentence(problem.message)),
    h(
      "div.row",
      retry && button("primary", "Try again", retry),
      h("a.button", { href: "/" }, "All sweeps"),
    ),
  );
}

/** Return a sentence whose words in backticks are set as code. */
export function sentence(text) {
  return text.split("`").map((part, at) => (at % 2 ? h("code.typed", part) : part));
}

/** Return a command to type, with a button that copies it. */
export function commandLine(text) {
  return h(
    "div.command",
    h("span", text),
    copyButton(() => text, "Copy", "quiet"),
  );
}

/** Return a command as the reader can type it, which the server has found out. */
export function spelled(words) {
  const name = words.split(" ", 1)[0];
  return (document.documentElement.dataset[name] ?? name) + words.slice(name.length);
}

/** Return a button that copies what a function returns. */
export function copyButton(text, label, look = "") {
  const copy = async () => {
    const isCopied = await navigator.clipboard.writeText(text()).then(
      () => true,
      () => false,
    );
    element.textContent = isCopied ? "Copied" : "Not allowed";
    setTimeout(() => {
      element.textContent = label;
    }, 1500);
  };
  const element = button(`small.${look}`, label, copy, { "aria-live": "polite" });
  return element;
}

/** Return a card: a heading, a note beside it, buttons at its end, and what it holds. */
export function card(title, { note = null, push = null, ...attributes } = {}, ...children) {
  const head = h(
    "div.card-head.row",
    h("h2", title),
    note && h("span.note", note),
    push && h("div.push", push),
  );
  return h("section.card", { "aria-label": title, ...attributes }, head, children);
}

/** Return a table of rows of cells, each a text, an element or [content, attributes]. */
export function table(titles, rows, { numeric = [], ...attributes } = {}) {
  const kind = (at) => (numeric.includes(titles[at]) ? "number" : "");
  const cell = (content, at) => {
    const [inner, given] = Array.isArray(content) ? content : [content, {}];
    const tag = given.scope ? "th" : "td";
    return h(tag, { ...given, class: `${kind(at)} ${given.class ?? ""}` }, inner);
  };
  return h(
    "table.lines",
    attributes,
    h(
      "thead",
      h(
        "tr",
        titles.map((title, at) => h("th", { scope: "col", class: kind(at) }, title)),
      ),
    ),
    h(
      "tbody",
      rows.map((cells) => h("tr", cells.map(cell))),
    ),
  );
}

/** Return the tags of a sweep or run, for headings. */
export function tagPills(tags) {
  return (tags ?? []).map((tag) => h("span.tag.cut", { title: tag }, tag));
}

/** Return a list of names and values: [name, value, class of the value]. */
export function facts(pairs) {
  const found = pairs.filter(Boolean);
  return h(
    "dl.facts",
    found.map(([name, value, kind = "mono"]) => [
      h("dt.cut", { title: name }, name),
      h("dd", { class: kind }, value),
    ]),
  );
}
