// The cards of a sweep's page that hold no plot: best run, failures, agents, and config.

import { isExported } from "./api.js";
import { button, fill, fillIfChanged, h, runLink, setShown } from "./dom.js";
import {
  atStep,
  cell,
  count,
  duration,
  exact,
  leaves,
  many,
  metricTitle,
  otherNumbers,
  shortNumber,
} from "./format.js";
import { card, commandLine, copyButton, facts, sentence, spelled, table } from "./parts.js";

const NAMED = 4; // runs of each cause of failures
const OVER = ["finished", "canceled"];

/** Return the card of the best run; it is hidden while there is none. */
export function bestCard(model, onOpen) {
  const body = h("div.best");
  const copy = copyButton(() => model.sweep.best_arguments ?? "", "Copy as arguments");
  const open = button("small", "Open the run", () => model.best >= 0 && onOpen(model.best));
  const actions = h("div.row", copy, open);
  const element = card("Best run", { push: actions }, body);
  function draw() {
    const { best, metric, metrics = [] } = model.sweep;
    setShown(element, best || metrics.length > 1);
    setShown(actions, best);
    fillIfChanged(body, [best, metric, metrics], () =>
      best ? [bestValue(best, metric), bestParams(best)] : h("p.muted", noSingleBest(model.sweep)),
    );
  }
  model.on("sweep", draw);
  draw();
  return element;
}

function noSingleBest({ metrics = [], path }) {
  const names = metrics.map(({ name, goal }) => `${name} (${goal})`).join(", ");
  return sentence(
    `With several metrics there is no single best run: ${names}. ` +
      `\`${spelled(`sweep best ${path}`)}\` lists the runs that no other run beats in all of them.`,
  );
}

function bestValue(best, metric) {
  const { id, number, value } = best;
  const others = otherNumbers(best);
  const name = `run ${number}`;
  const at = atStep(best);
  const about = metric && ` (${[metric.goal, metric.counted].filter(Boolean).join(", ")})`;
  return h(
    "div.best-figure",
    h("div.muted.cut", { title: metricTitle(metric) }, metric?.name ?? "value", about),
    h("div.figure", { title: value }, shortNumber(value)),
    others && h("div.muted", others),
    h("div.muted", isExported ? name : runLink(id, name), " · ", h("span.mono", id), at),
  );
}

function bestParams({ params }) {
  const tiles = leaves(params).map(([name, value]) =>
    h(
      "div.tile",
      h("dt.cut.note", { title: name }, name),
      h("dd.cut.mono", { title: exact(value) }, cell(value) || "∅"),
    ),
  );
  return h("dl.tiles", tiles);
}

/** Return the card of runs that finished without the metric; it is hidden while there are none. */
export function unmeasuredCard(model) {
  const body = h("div.hint");
  const element = card("No metric", {}, body);
  function draw() {
    const found = model.sweep.without_metric;
    setShown(element, Boolean(found));
    fillIfChanged(body, found ?? null, () => {
      if (!found) return [];
      const { runs, metric, hint, metrics_from: setting } = found;
      const said = `${many(runs, "run")} finished without '${metric}': ${hint}`;
      return [h("p", sentence(said)), setting && commandLine(setting)];
    });
  }
  model.on("sweep", draw);
  draw();
  return element;
}

/** Return the card of the failures; it is hidden while there are none. */
export function failuresCard(model, onOpen) {
  const list = h("ol.failures");
  const note = "by cause, the most frequent first";
  const element = card("Failures", { note, class: "failures-card" }, list);
  function draw() {
    const { failures = [] } = model.sweep;
    setShown(element, failures.length > 0);
    fillIfChanged(list, failures, () => failures.map((each) => cause(each, model, onOpen)));
  }
  model.on("sweep", draw);
  draw();
  return element;
}

function cause({ count: runs, cause: text, runs: ids }, model, onOpen) {
  const open = (id) => () => onOpen(model.column("id").indexOf(id));
  const link = (id) =>
    isExported
      ? h("button.link.mono", { type: "button", onclick: open(id) }, id)
      : runLink(id, id, { class: "mono" });
  const more = runs - Math.min(NAMED, ids.length);
  return h(
    "li",
    h("b.failures-count", `${count(runs)}×`),
    h("code.failures-cause", { title: text }, text || "no reason given"),
    h(
      "span.failures-runs.note",
      ids.slice(0, NAMED).map((id) => [link(id), " "]),
      more > 0 && `and ${count(more)} more`,
    ),
  );
}

/** Return the card of the agents. */
export function agentsCard(model) {
  const body = h("div.sideways");
  const element = card("Agents", {}, body);
  function draw() {
    const { agents = [], state, path } = model.sweep;
    const isIdle = !agents.length && (OVER.includes(state) || !model.n);
    setShown(element, !isExported && !isIdle);
    fill(body, agents.length ? agentsTable(agents) : noAgent(path));
  }
  model.on("sweep", draw);
  model.on("data", draw);
  draw();
  return element;
}

function agentsTable(agents) {
  const numeric = ["Running", "Runs"];
  return table(["Agent", "Host", "Last seen", ...numeric], agents.map(agentCells), { numeric });
}

function agentCells({ id, host, pid, is_dead: isDead, ...agent }) {
  const ago = duration(isDead ? agent.heartbeat_age_s : Math.round(agent.heartbeat_age_s));
  const tone = isDead ? "bad" : "good";
  return [
    [id, { class: "mono" }],
    [[host, h("span.muted", ` · ${pid}`)], { title: `process ${pid}` }],
    [isDead ? `✕ lost ${ago} ago` : `● ${ago} ago`, { class: "toned", dataset: { tone } }],
    count(agent.runs_at_work),
    [count(agent.runs_had), { title: many(agent.runs_had, "run") }],
  ];
}

function noAgent(path) {
  const text = "No agent is running this sweep. Start one:";
  return h("div.hint", h("p.muted", text), commandLine(spelled(`agent ${path}`)));
}

/** Return the card of the config, of the code, and of where the sweep's files are. */
export function configCard(model) {
  const { config } = model.sweep;
  const copy = config && copyButton(() => config, "Copy config");
  const about = h("div");
  function draw() {
    const { dir, tags, notes, path, code = [] } = model.sweep;
    fillIfChanged(about, [dir, tags, notes, path, code], () =>
      facts([
        tags?.length > 0 && ["Tags", tags.join(", ")],
        notes && ["Notes", notes, "lines-kept"],
        ["Path", path],
        dir && !isExported && ["Folder", dir],
        code.length > 0 && ["Code", code.join("\n"), "lines-kept"],
      ]),
    );
  }
  model.on("sweep", draw);
  draw();
  return card(
    "About",
    { push: copy },
    about,
    config && h("details.config", h("summary", "Config"), h("pre.code", { tabindex: "0" }, config)),
  );
}
