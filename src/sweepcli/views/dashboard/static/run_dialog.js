// One run in a dialog, for exported pages, which have no pages of runs.

import { getCurves } from "./api.js";
import { Curves } from "./curves.js";
import { button, fill, h } from "./dom.js";
import { duration, exact, metricTitle, otherNumbers, shortNumber } from "./format.js";
import { facts } from "./parts.js";
import { runPill } from "./states.js";
import { colourOf } from "./theme.js";

/** Return a function that shows the run of a row. */
export function runDialog(model) {
  const body = h("div.stack");
  const close = button("", "Close", () => dialog.close());
  const dialog = h("dialog.card.run-dialog", { "aria-label": "Run" }, body, close);
  let plot = null;
  return async (row) => {
    if (row < 0) return;
    if (!dialog.isConnected) document.body.append(dialog);
    plot?.destroy();
    plot = null;
    const parts = [
      part("Parameters", "params", model, row),
      part("Summary", "summary", model, row),
    ];
    fill(body, about(model, row), parts);
    dialog.showModal();
    plot = await curveOf(model.column("id")[row], body);
  };
}

function about(model, row) {
  const at = (name) => model.column(name)[row];
  const others = otherNumbers({ value: at("value"), best: at("best"), latest: at("latest") });
  return [
    h(
      "div.row",
      h("h1", `Run ${at("number")}`),
      runPill(at("state")),
      h("span.mono.muted", at("id")),
    ),
    h(
      "p",
      `${metricTitle(model.metric)}: `,
      h("b", shortNumber(at("value"))),
      others && ` (${others})`,
      ` · ${duration(at("duration"))}`,
      at("reason") && ` · ${at("reason")}`,
    ),
  ];
}

function part(title, kind, model, row) {
  const pairs = model
    .names(kind)
    .map((name) => [name, model.column(`${kind}.${name}`)[row]])
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, exact(value)]);
  if (!pairs.length) return null;
  return h("section", { "aria-label": title }, h("h2", title), facts(pairs));
}

/** Draw the curve of the metric where the page has it: of the best runs. */
async function curveOf(id, body) {
  const { key, curves } = await getCurves(null, [id]);
  if (!curves[id]) return null;
  const box = h("div.plot.plot-curve");
  body.append(h("figure.curve", h("figcaption", key), box));
  const series = [{ label: key, colour: colourOf("--series-1"), ...curves[id] }];
  return new Curves(box, { series, key });
}
