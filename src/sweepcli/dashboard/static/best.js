// The best run: its value, where to find it, its params.

import { isExported } from "./api.js";
import { fill, h } from "./dom.js";
import { asArguments, cell, exact, leaves, shortNumber } from "./format.js";
import { card, copyButton } from "./problem.js";

/** Return the card of the best run; it is hidden while there is none. */
export function bestCard(model, onOpen) {
  const body = h("div", { class: "best" });
  const copy = copyButton(() => asArguments(model.sweep.best?.params), "Copy as arguments", "");
  const open = h("button", { class: "button small", type: "button", onclick: () => model.best >= 0 && onOpen(model.best) }, "Open the run");
  const element = card("Best run", { push: h("div", { class: "actions" }, copy, open) }, body);
  let shown = "";
  function draw() {
    const { best, metric, metrics } = model.sweep;
    element.hidden = !best;
    const key = JSON.stringify([best, metric, metrics]);
    if (!best || key === shown) return;
    shown = key;
    fill(body, valueOf(best, metric), h("dl", { class: "tiles" }, leaves(best.params).map(tile)));
  }
  model.on("sweep", draw);
  draw();
  return element;
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
