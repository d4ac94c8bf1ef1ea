// Who is at work on a sweep, and when they were last heard of.

import { isExported } from "./api.js";
import { fill, h } from "./dom.js";
import { count, duration, many } from "./format.js";
import { card, commandLine } from "./problem.js";

const TITLES = ["Agent", "Host", "Heard of", "At work", "Had"];
const OVER = ["finished", "canceled"];

/** Return the card of the agents. */
export function agentsCard(model) {
  const body = h("div", { class: "sideways" });
  const element = card("Agents", {}, body);
  function draw() {
    const { agents = [], state, path } = model.sweep;
    element.hidden = isExported || (!agents.length && (OVER.includes(state) || !model.n));
    if (element.hidden) return;
    fill(body, agents.length ? table(agents) : nobody(path));
  }
  model.on("sweep", draw);
  model.on("data", draw);
  draw();
  return element;
}

function table(agents) {
  const head = TITLES.map((title, at) => h("th", { scope: "col", class: at > 2 ? "number" : null }, title));
  return h("table", { class: "lines" }, h("thead", null, h("tr", null, head)), h("tbody", null, agents.map(line)));
}

function line({ id, host, pid, heartbeat_age_s: heartbeat, runs_at_work: atWork, runs_had: had, is_dead: isDead }) {
  const heard = isDead ? `lost ${duration(heartbeat)} ago` : `${duration(Math.round(heartbeat))} ago`;
  return h(
    "tr",
    null,
    h("td", { class: "mono" }, id),
    h("td", { title: `process ${pid}` }, host, h("span", { class: "muted" }, ` · ${pid}`)),
    h("td", { class: "toned", dataset: { tone: isDead ? "bad" : "good" } }, isDead ? "✕ " : "● ", heard),
    h("td", { class: "number" }, count(atWork)),
    h("td", { class: "number", title: many(had, "run") }, count(had)),
  );
}

function nobody(path) {
  return h("div", { class: "hint" }, h("p", { class: "muted" }, "No agent is at work on this sweep. Start one:"), commandLine(`agent ${path}`));
}
