// One run in a dialog, for pages that were exported and have no pages of runs.

import { fill, h } from "./dom.js";
import { duration, exact, shortNumber } from "./format.js";
import { statePill } from "./states.js";

/** Return a function that shows the run of a row. */
export function runDialog(model) {
  const body = h("div", { class: "stack" });
  const close = h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = h("dialog", { class: "card run-dialog", "aria-label": "Run" }, body, close);
  return (row) => {
    if (row < 0) return;
    if (!dialog.isConnected) document.body.append(dialog);
    const at = (name) => model.column(name)[row];
    fill(
      body,
      h("div", { class: "title-line" }, h("h1", null, `Run ${at("number")}`), statePill(at("state"), {}), h("span", { class: "mono muted" }, at("id"))),
      h("p", null, `${model.metric?.name ?? "value"}: `, h("b", null, shortNumber(at("value"))), ` · ${duration(at("duration"))}`, at("reason") && ` · ${at("reason")}`),
      part("Parameters", "params", model, row),
      part("Summary", "summary", model, row),
    );
    dialog.showModal();
  };
}

function part(title, kind, model, row) {
  const found = model.names(kind).map((name) => [name, model.column(`${kind}.${name}`)[row]]).filter(([, value]) => value !== null);
  if (!found.length) return null;
  return [h("h2", null, title), h("dl", { class: "facts" }, found.map(([name, value]) => [h("dt", null, name), h("dd", { class: "mono" }, exact(value))]))];
}
