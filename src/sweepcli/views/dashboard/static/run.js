// A run's page: its value, what it was given, what it logged and printed, how it ended.

import { getRun } from "./api.js";
import { asArguments } from "./arguments.js";
import { attemptsCard } from "./attempts.js";
import { CurveCards } from "./curvecards.js";
import { fill, h } from "./dom.js";
import { duration, exact, leaves, moment, shortNumber } from "./format.js";
import { follow, Puller } from "./live.js";
import { OutputCard } from "./output.js";
import { card, copyButton } from "./problem.js";
import { isOpen, MEANINGS, statePill, tone } from "./states.js";

/** Show a run. */
export async function runPage(shell, id) {
  return new RunPage(shell, await getRun(id));
}

/** The parts of a run's page. */
class RunPage {
  #shell;
  #told;
  #puller;
  #unfollow = () => {};
  #tick;
  #head = h("div");
  #params = h("div", { class: "pairs" });
  #summary = h("div", { class: "pairs" });
  #attempts = h("div", { class: "sideways" });
  #place = h("div");

  constructor(shell, told) {
    this.#shell = shell;
    this.#told = told;
    this.#puller = new Puller(() => this.#pull(), (problem) => this.#shell.tell(problem));
    this.curves = new CurveCards();
    this.output = new OutputCard(told.run.id);
    this.element = this.#build();
    this.#draw();
  }

  #build() {
    const copy = copyButton(() => asArguments(this.#told.run.params), "Copy as arguments", "");
    return h(
      "div",
      { class: "stack run-page" },
      this.#head,
      h("div", { class: "pair" }, card("Parameters", { push: copy }, this.#params), card("Summary", { note: "what was logged last, or as the script has set it" }, this.#summary)),
      this.curves.element,
      this.output.element,
      card("Attempts", {}, this.#attempts),
      card("Where and how", {}, this.#place),
    );
  }

  attached() {
    const { sweep, run } = this.#told;
    this.#shell.setCrumbs([[sweep.name || sweep.id, `/sweep/${encodeURIComponent(sweep.id)}`], [`run ${run.number}`]]);
    this.curves.draw(this.#told.curves, sweep.metric?.name);
    this.output.start();
    this.#unfollow = follow(sweep.id, { onChange: () => this.#puller.request(), onStatus: (status) => this.#shell.setConnection(status) });
    this.#tick = setInterval(() => this.#told.run.state === "running" && this.#drawHead(), 1000);
  }

  async #pull() {
    const told = await getRun(this.#told.run.id);
    if (JSON.stringify(told) === JSON.stringify(this.#told)) return;
    this.#told = told;
    this.#draw();
    this.curves.draw(told.curves, told.sweep.metric?.name);
  }

  #draw() {
    const { run, attempts } = this.#told;
    this.#drawHead();
    fill(this.#params, pairs(leaves(run.params), "This run was given no parameters."));
    fill(this.#summary, pairs(leaves(run.summary), "Nothing has been logged yet."));
    fill(this.#attempts, attemptsCard(attempts));
    fill(this.#place, placeOf(this.#told));
    this.output.setAttempts(attempts, run);
    this.#puller.setQuiet(!isOpen(run.state));
    this.element.classList.toggle("fails-first", tone(run.state) === "bad");
  }

  #drawHead() {
    fill(this.#head, headOf(this.#told));
  }

  destroy() {
    this.#unfollow();
    this.#puller.close();
    clearInterval(this.#tick);
    this.curves.destroy();
    this.output.destroy();
  }
}

function headOf({ run, sweep, attempts }) {
  const last = attempts.at(-1);
  const [started, ended] = [run.started_at ?? last?.started_at ?? null, run.ended_at ?? last?.ended_at ?? null];
  const isRunning = run.state === "running" && started !== null;
  const taken = isRunning ? Math.max(0, Date.now() / 1000 - started) : run.duration_s;
  const hasValue = run.value !== null && run.value !== undefined;
  const at = hasValue && Number.isInteger(run.step) ? ` at step ${run.step}` : "";
  const isBest = sweep.best?.id === run.id;
  const figure = [
    h("div", { class: "muted cut", title: sweep.metric?.name }, sweep.metric?.name ?? "value", at),
    h("div", { class: hasValue ? "figure" : "figure is-none", title: String(run.value ?? "") }, hasValue ? shortNumber(run.value) : "none"),
  ];
  const facts = [
    ["Took", duration(taken)], ["Started", moment(started)], ["Ended", isRunning ? "still at work" : moment(ended)],
    ["Attempt", run.attempt || "–"], ["Exit code", run.exit_code ?? "–"],
  ];
  return h(
    "section",
    { class: "card run-head" },
    h("div", { class: "title-line" }, h("h1", null, `Run ${run.number}`), statePill(run.state, MEANINGS), isBest && h("span", { class: "pill", dataset: { tone: "good" } }, "★ best"), h("span", { class: "mono muted" }, run.id), h("a", { class: "push", href: `/sweep/${encodeURIComponent(sweep.id)}` }, `← ${sweep.name || sweep.path}`)),
    run.reason && h("div", { class: "banner", dataset: { tone: tone(run.state) } }, h("b", null, run.state), h("span", null, run.reason)),
    h("div", { class: "run-facts" }, h("div", null, figure), facts.map(([name, value]) => h("div", null, h("div", { class: "muted" }, name), h("div", null, String(value))))),
  );
}

function pairs(found, nothing) {
  if (!found.length) return h("p", { class: "muted" }, nothing);
  return h("dl", { class: "facts" }, found.map(([name, value]) => [h("dt", { class: "cut", title: name }, name), h("dd", { class: "mono" }, long(exact(value)))]));
}

function long(text) {
  if (text.length < 400) return text;
  return h("details", null, h("summary", null, `${text.slice(0, 120)}…`), text);
}

function placeOf({ folder, folder_host: host, run, sweep, command, directory, environment }) {
  // Where the run ran, the results directory may be anywhere.
  const place = host ? `on ${host}: ${sweep.path}/runs/${run.id} in the results directory there` : folder;
  const set = Object.entries(environment ?? {});
  return [
    h(
      "dl",
      { class: "facts" },
      command && [h("dt", null, "Command"), h("dd", { class: "mono" }, command, " ", copyButton(() => command))],
      directory && [h("dt", null, "Started in"), h("dd", { class: "mono" }, directory)],
      folder && [h("dt", null, "Folder"), h("dd", { class: "mono" }, place, " ", !host && copyButton(() => folder))],
    ),
    set.length > 0 && h("details", { class: "config" }, h("summary", null, `Environment (${set.length})`), h("dl", { class: "facts" }, set.map(([name, value]) => [h("dt", { class: "mono" }, name), h("dd", { class: "mono" }, value)]))),
  ];
}
