// Named values of several runs beside each other: those that differ first, the others folded away.

import { h } from "./dom.js";
import { cell, exact, leaves } from "./format.js";
import { card } from "./problem.js";

/** Return a card that compares what a function takes of each run. */
export function differences(title, runs, valuesOf) {
  const values = runs.map((run) => new Map(leaves(valuesOf(run))));
  const names = [...new Set(values.flatMap((each) => [...each.keys()]))];
  const differs = (name) => new Set(values.map((each) => (each.has(name) ? exact(each.get(name)) : ""))).size > 1;
  const [different, same] = [names.filter(differs), names.filter((name) => !differs(name))];
  const table = (shown) => h("div", { class: "sideways" }, compared(shown, runs, values));
  return card(
    title,
    { note: names.length ? `${different.length} of ${names.length} differ` : null },
    !names.length && h("p", { class: "muted" }, "None."),
    different.length > 0 && table(different),
    same.length > 0 && h("details", { class: "config", open: !different.length }, h("summary", null, `The same in all (${same.length})`), table(same)),
  );
}

function compared(names, runs, values) {
  const head = [h("th", { scope: "col" }, "Name"), ...runs.map((run) => h("th", { scope: "col", class: "number" }, `run ${run.number}`))];
  const lines = names.map((name) => h(
    "tr",
    null,
    h("th", { scope: "row", class: "cut", title: name }, name),
    values.map((each) => h("td", { class: "number mono cut", title: each.has(name) ? exact(each.get(name)) : "none" }, each.has(name) ? cell(each.get(name)) || "∅" : "–")),
  ));
  return h("table", { class: "lines differences", style: { "--runs": String(runs.length) } }, h("thead", null, h("tr", null, head)), h("tbody", null, lines));
}
