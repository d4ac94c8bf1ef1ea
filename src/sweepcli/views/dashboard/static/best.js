// The best run: its value, where to find it, its params.

import { isExported } from "./api.js";
import { asArguments } from "./arguments.js";
import { fill, h } from "./dom.js";
import { cell, exact, leaves, shortNumber } from "./format.js";
import { card, copyButton, sentence } from "./problem.js";

/** Return the card of the best run; it is hidden while there is none. */
export function bestCard(model, onOpen) {
  const body = h("div", { class: "best" });
  const copy = copyButton(() => asArguments(model.sweep.best?.params), "Copy as arguments", "");
  const open = h("button", { class: "button small", type: "button", onclick: () => model.best >= 0 && onOpen(model.best) }, "Open the run");
  const actions = h("div", { class: "actions" }, copy, open);
  const element = card("Best run", { push: actions }, body);
  let shown = "";
  function draw() {
    const { best, metric, metrics = [] } = model.sweep;
    const isOfMany = !best && metrics.length > 1;
    element.hidden = !best && !isOfMany;
    actions.hidden = !best;
    const key = JSON.stringify([best, metric, metrics]);
    if (key === shown) return;
    shown = key;
    if (isOfMany) fill(body, h("p", { class: "muted" }, ofMany(model.sweep)));
    if (best) fill(body, valueOf(best, metric), h("dl", { class: "tiles" }, leaves(best.params).map(tile)));
  }
  model.on("sweep", draw);
  draw();
  return element;
}

function ofMany({ metrics, path }) {
  const names = metrics.map(({ name, goal }) => `${name} (${goal})`).join(", ");
  return sentence(`There is no one best run of several metrics: ${names}. \`sweep best ${path}\` lists those that no other run beats in all of them.`);
}

function valueOf({ id, number, value, step }, metric) {
  const name = isExported ? `run ${number}` : h("a", { href: `/run/${encodeURIComponent(id)}` }, `run ${number}`);
  const at = step === null || step === undefined ? "" : ` at step ${step}`;
  return h(
    "div",
    { class: "best-figure" },
    h("div", { class: "muted cut", title: metric?.name }, metric?.name ?? "value", metric && ` (${metric.goal})`),
    h("div", { class: "figure", title: String(value) }, shortNumber(value)),
    h("div", { class: "muted" }, name, " · ", h("span", { class: "mono" }, id), at),
  );
}

function tile([name, value]) {
  return h("div", { class: "tile" }, h("dt", { class: "cut", title: name }, name), h("dd", { class: "cut mono", title: exact(value) }, cell(value) || "∅"));
}
