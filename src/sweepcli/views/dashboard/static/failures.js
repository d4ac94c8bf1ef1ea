// What went wrong, in as few lines as there are causes.

import { isExported } from "./api.js";
import { fill, h } from "./dom.js";
import { count } from "./format.js";
import { card } from "./problem.js";

const NAMED = 4; // runs of each cause

/** Return the card of the failures; it is hidden while there are none. */
export function failuresCard(model, onOpen) {
  const list = h("ol", { class: "failures" });
  const element = card("Failures", { note: "by cause, the most frequent first", class: "failures-card" }, list);
  let shown = "";
  function draw() {
    const failures = model.sweep.failures ?? [];
    element.hidden = !failures.length;
    const key = JSON.stringify(failures);
    if (key === shown) return;
    shown = key;
    fill(list, failures.map((each) => cause(each, model, onOpen)));
  }
  model.on("sweep", draw);
  draw();
  return element;
}

function cause({ count: runs, cause: text, runs: ids }, model, onOpen) {
  const links = ids.slice(0, NAMED).map((id) => [runLink(id, model, onOpen), " "]);
  return h(
    "li",
    null,
    h("b", { class: "failures-count" }, `${count(runs)}×`),
    h("code", { class: "failures-cause", title: text }, text || "no reason was told"),
    h("span", { class: "failures-runs" }, links, runs > NAMED && h("span", { class: "muted" }, `and ${count(runs - Math.min(NAMED, ids.length))} more`)),
  );
}

function runLink(id, model, onOpen) {
  if (!isExported) return h("a", { class: "mono", href: `/run/${encodeURIComponent(id)}` }, id);
  return h("button", { class: "link mono", type: "button", onclick: () => onOpen(model.column("id").indexOf(id)) }, id);
}
