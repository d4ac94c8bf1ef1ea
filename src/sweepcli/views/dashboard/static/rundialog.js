// One run in a dialog, for pages that were exported and have no pages of runs.

import { getCurves } from "./api.js";
import { curves as curvesPlot } from "./curves.js";
import { fill, h } from "./dom.js";
import { duration, exact, shortNumber } from "./format.js";
import { statePill } from "./states.js";
import { colourOf } from "./theme.js";

/** Return a function that shows the run of a row. */
export function runDialog(model) {
  const body = h("div", { class: "stack" });
  const close = h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = h("dialog", { class: "card run-dialog", "aria-label": "Run" }, body, close);
  let plot = null;
  return async (row) => {
    if (row < 0) return;
    if (!dialog.isConnected) document.body.append(dialog);
    plot?.destroy();
    plot = null;
    fill(body, about(model, row), part("Parameters", "params", model, row), part("Summary", "summary", model, row));
    dialog.showModal();
    plot = await curveOf(model.column("id")[row], body);
  };
}

function about(model, row) {
  const at = (name) => model.column(name)[row];
  return [
    h("div", { class: "title-line" }, h("h1", null, `Run ${at("number")}`), statePill(at("state"), {}), h("span", { class: "mono muted" }, at("id"))),
    h("p", null, `${model.metric?.name ?? "value"}: `, h("b", null, shortNumber(at("value"))), ` · ${duration(at("duration"))}`, at("reason") && ` · ${at("reason")}`),
  ];
}

function part(title, kind, model, row) {
  const found = model.names(kind).map((name) => [name, model.column(`${kind}.${name}`)[row]]).filter(([, value]) => value !== null);
  if (!found.length) return null;
  return h("section", { "aria-label": title }, h("h2", null, title), h("dl", { class: "facts" }, found.map(([name, value]) => [h("dt", null, name), h("dd", { class: "mono" }, exact(value))])));
}

/** Draw the curve of the metric where the page has it: of the best runs. */
async function curveOf(id, body) {
  const { key, curves } = await getCurves(null, [id]);
  if (!curves[id]) return null;
  const box = h("div", { class: "plot plot-curve" });
  body.append(h("figure", { class: "curve" }, h("figcaption", null, key), box));
  return curvesPlot(box, { series: [{ label: key, colour: colourOf("--series-1"), ...curves[id] }], key });
}
