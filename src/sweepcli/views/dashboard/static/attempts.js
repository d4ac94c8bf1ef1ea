// The attempts of a run: each time that an agent had it.

import { h } from "./dom.js";
import { count, duration, moment } from "./format.js";
import { stateMark } from "./states.js";

const TITLES = ["Attempt", "State", "Started", "Took", "Rows", "Exit", "Host", "Reason"];
const NUMERIC = ["Took", "Rows", "Exit"];

/** Return the table of attempts, or what to do while there is none. */
export function attemptsCard(attempts) {
  if (!attempts.length) return h("p", { class: "muted" }, "None yet: the run waits for an agent.");
  const head = TITLES.map((title) => h("th", { scope: "col", class: NUMERIC.includes(title) ? "number" : null }, title));
  return h("table", { class: "lines short" }, h("thead", null, h("tr", null, head)), h("tbody", null, attempts.map(line)));
}

function line({ attempt, state, started_at: started, ended_at: ended, exit_code: code, reason, host, rows }) {
  const took = started === null ? null : (ended ?? Date.now() / 1000) - started;
  return h(
    "tr",
    null,
    h("td", null, attempt),
    h("td", null, stateMark(state)),
    h("td", null, moment(started)),
    h("td", { class: "number" }, duration(took)),
    h("td", { class: "number" }, rows === null || rows === undefined ? "–" : count(rows)),
    h("td", { class: "number" }, code ?? "–"),
    h("td", null, host ?? "–"),
    h("td", { class: "wide" }, reason ?? ""),
  );
}
