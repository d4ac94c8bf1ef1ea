// A page that could not be shown, and small things that many pages say.

import { h } from "./dom.js";

const TITLES = { 0: "The server does not answer", 400: "Nothing to compare", 401: "Not signed in", 403: "Not signed in", 404: "Not found" };

/** Return what is shown in place of a page. */
export function problemView(problem, retry = null) {
  if (!("status" in problem)) console.error(problem); // a mistake of ours: developers need its trace
  const again = retry && h("button", { class: "button primary", type: "button", onclick: retry }, "Try again");
  return h(
    "section",
    { class: "card empty", role: "alert" },
    h("h1", null, TITLES[problem.status] ?? "This page could not be shown"),
    h("p", null, sentence(problem.message)),
    h("div", { class: "actions" }, again, h("a", { class: "button", href: "/" }, "All sweeps")),
  );
}

/** Return a sentence whose words in backticks are set as what is typed. */
export function sentence(text) {
  return text.split("`").map((part, at) => (at % 2 ? h("code", { class: "typed" }, part) : part));
}

/** Return a command to type, with a button that copies it. */
export function commandLine(text) {
  return h("div", { class: "command" }, h("span", null, text), copyButton(() => text));
}

/** Return a button that copies what a function returns. */
export function copyButton(text, label = "Copy", kind = "quiet") {
  const button = h("button", { class: `button ${kind} small`, type: "button", "aria-live": "polite", onclick: copy }, label);
  async function copy() {
    const isCopied = await navigator.clipboard.writeText(text()).then(() => true, () => false);
    button.textContent = isCopied ? "Copied" : "Not allowed";
    setTimeout(() => (button.textContent = label), 1500);
  }
  return button;
}

/** Return a card: a heading, a note beside it, and what it holds. */
export function card(title, { note = null, push = null, ...attributes } = {}, ...children) {
  const beside = push && h("div", { class: "push" }, push);
  const head = h("div", { class: "card-head" }, h("h2", null, title), note && h("span", { class: "note" }, note), beside);
  return h("section", { "aria-label": title, ...attributes, class: `card ${attributes.class ?? ""}` }, head, ...children);
}
