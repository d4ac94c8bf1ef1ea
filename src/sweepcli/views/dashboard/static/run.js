// A run's page: its value, what it was given, what it logged and printed, how it ended.

import { getRun } from "./api.js";
import { CodeCard } from "./code.js";
import { CurveCards } from "./curve_cards.js";
import { fill, h, sweepPath } from "./dom.js";
import {
  atStep,
  count,
  duration,
  exact,
  leaves,
  metricTitle,
  moment,
  otherNumbers,
  shortNumber,
} from "./format.js";
import { Puller } from "./live.js";
import { OutputCard } from "./output.js";
import { card, copyButton, facts, table, tagPills } from "./parts.js";
import { isOpen, runPill, stateMark, tone } from "./states.js";

const LONG = 400; // characters, from which on a value is folded

/** Show a run. */
export async function runPage(shell, id) {
  return new RunPage(shell, await getRun(id));
}

/** The parts of a run's page. */
class RunPage {
  #shell;
  #answer;
  #puller;
  #tick;
  #head = h("div");
  #params = h("div.pairs");
  #summary = h("div.pairs");
  #attempts = h("div.sideways");
  #place = h("div");

  constructor(shell, answer) {
    this.#shell = shell;
    this.#answer = answer;
    this.#puller = new Puller(shell, answer.sweep.id, () => this.#pull());
    this.curves = new CurveCards();
    this.output = new OutputCard(answer.run.id);
    this.code = new CodeCard(answer.run.id);
    this.element = this.#build();
    this.#draw();
  }

  #build() {
    const copy = copyButton(() => this.#answer.arguments, "Copy as arguments");
    const note = "the last logged values, or as the script set them";
    return h(
      "div.stack.run-page",
      this.#head,
      h(
        "div.pair",
        card("Parameters", { push: copy }, this.#params),
        card("Summary", { note }, this.#summary),
      ),
      this.curves.element,
      this.output.element,
      card("Attempts", {}, this.#attempts),
      this.code.element,
      card("Files and command", {}, this.#place),
    );
  }

  attached() {
    const { sweep, run } = this.#answer;
    this.#shell.setCrumbs([[sweep.name || sweep.id, sweepPath(sweep.id)], [`run ${run.number}`]]);
    this.curves.draw(this.#answer.curves, sweep.metric?.name);
    this.output.start();
    this.#puller.follow();
    const drawHead = () => this.#answer.run.state === "running" && this.#drawHead();
    this.#tick = setInterval(drawHead, 1000);
  }

  async #pull() {
    const answer = await getRun(this.#answer.run.id);
    if (JSON.stringify(answer) === JSON.stringify(this.#answer)) return;
    this.#answer = answer;
    this.#draw();
    this.curves.draw(answer.curves, answer.sweep.metric?.name);
  }

  #draw() {
    const { run, attempts } = this.#answer;
    this.#drawHead();
    fill(this.#params, values(run.params, "This run has no parameters."));
    fill(this.#summary, values(run.summary, "The run has logged nothing yet."));
    fill(this.#attempts, attemptsTable(attempts));
    fill(this.#place, placeOf(this.#answer));
    this.code.draw(this.#answer);
    this.output.setAttempts(attempts, run);
    this.#puller.setQuiet(!isOpen(run.state));
    this.element.classList.toggle("fails-first", tone(run.state) === "bad");
  }

  #drawHead() {
    fill(this.#head, headOf(this.#answer));
  }

  destroy() {
    this.#puller.close();
    clearInterval(this.#tick);
    this.curves.destroy();
    this.output.destroy();
  }
}

function headOf({ run, sweep, attempts }) {
  const isBest = sweep.best?.id === run.id;
  const title = h(
    "div.row",
    h("h1", `Run ${run.number}`, run.name && `: ${run.name}`),
    runPill(run.state),
    tagPills(run.tags),
    isBest && h("span.pill", { dataset: { tone: "good" } }, "★ best"),
    h("span.mono.muted", run.id),
    h("a.push.cut", { href: sweepPath(sweep.id) }, `← ${sweep.name || sweep.path}`),
  );
  const why =
    run.reason &&
    h(
      "div.banner.row",
      { dataset: { tone: tone(run.state) } },
      h("b.toned", run.state),
      h("span", run.reason),
    );
  const times = timesOf(run, attempts.at(-1)).map(([name, value]) =>
    h("div", h("div.note", name), h("div", value)),
  );
  return h(
    "section.card.stack",
    title,
    run.notes && h("div.lines-kept", folded(run.notes)),
    why,
    h("div.run-facts.row", valueOfMetric(run, sweep), times),
  );
}

function valueOfMetric(run, { metric }) {
  const hasValue = run.value !== null && run.value !== undefined;
  const at = hasValue ? atStep(run) : "";
  const name = metricTitle(metric);
  return h(
    "div",
    h("div.note.cut", { title: name }, name, at),
    h(
      "div.figure",
      { class: hasValue ? "" : "is-none", title: run.value },
      hasValue ? shortNumber(run.value) : "none",
    ),
    h("div.note", otherNumbers(run)),
  );
}

function timesOf(run, last) {
  const started = run.started_at ?? last?.started_at ?? null;
  const isRunning = run.state === "running" && started !== null;
  const seconds = isRunning ? Math.max(0, Date.now() / 1000 - started) : run.duration_s;
  return [
    ["Duration", duration(seconds)],
    ["Started", moment(started)],
    ["Ended", isRunning ? "still running" : moment(run.ended_at ?? last?.ended_at)],
    ["Attempt", run.attempt || "–"],
    ["Exit code", run.exit_code ?? "–"],
  ];
}

function values(nested, nothing) {
  const found = leaves(nested);
  if (!found.length) return h("p.muted", nothing);
  return facts(found.map(([name, value]) => [name, folded(exact(value))]));
}

function folded(text) {
  if (text.length < LONG) return text;
  return h("details", h("summary", `${text.slice(0, 120)}…`), text);
}

function attemptsTable(attempts) {
  if (!attempts.length) return h("p.muted", "None yet: the run waits for an agent.");
  const numeric = ["Duration", "Rows", "Exit code"];
  const differs = new Set(attempts.map(({ code }) => code)).size > 1;
  const own = differs ? ["Code"] : [];
  const titles = ["Attempt", "State", "Started", ...numeric, "Host", ...own, "Reason"];
  const cells = attempts.map((attempt) => attemptCells(attempt, differs));
  return table(titles, cells, { numeric, class: "short" });
}

function attemptCells(attempt, hasCode) {
  const { started_at: started, ended_at: ended, rows } = attempt;
  return [
    attempt.attempt,
    stateMark(attempt.state),
    moment(started),
    duration(started === null ? null : (ended ?? Date.now() / 1000) - started),
    rows === null || rows === undefined ? "–" : count(rows),
    attempt.exit_code ?? "–",
    attempt.host ?? "–",
    ...(hasCode ? [[attempt.code ?? "–", { class: "mono" }]] : []),
    [attempt.reason ?? "", { class: "wide" }],
  ];
}

function placeOf({ folder, folder_host: host, run, sweep, command, directory, environment }) {
  // Where the run ran, the results directory may be anywhere.
  const there = `on ${host}: ${sweep.path}/runs/${run.id} in the results directory there`;
  const variables = Object.entries(environment ?? {});
  const copied = (text) => [text, " ", copyButton(() => text, "Copy", "quiet")];
  return [
    facts([
      command && ["Command", copied(command)],
      directory && ["Started in", directory],
      folder && ["Folder", host ? there : copied(folder)],
    ]),
    variables.length > 0 &&
      h("details.config", h("summary", `Environment (${variables.length})`), facts(variables)),
  ];
}
