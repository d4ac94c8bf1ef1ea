// The head of a sweep's page: its name, progress and best run, and the buttons that control it.

import { isExported, setState } from "./api.js";
import { button, fill, fillIfChanged, h, runLink, setShown } from "./dom.js";
import { age, count, many, metricTitle, shortNumber } from "./format.js";
import { sentence, tagPills } from "./parts.js";
import { progressBar, progressText } from "./progress.js";
import { RUN_STATES, sweepPill, tone } from "./states.js";

const VERBS = {
  pause: { title: "Pause", about: "Running runs may finish; no others start." },
  resume: { title: "Resume", about: "Start runs again." },
  stop: { title: "Stop", about: "No more runs start; running runs may finish." },
  cancel: { title: "Cancel", about: "End the running runs and the sweep.", look: "danger" },
};
const OFFERED = {
  pending: ["stop", "cancel"],
  running: ["pause", "stop", "cancel"],
  paused: ["resume", "stop", "cancel"],
  finished: ["resume"],
  canceled: ["resume"],
};
const STARTS_NO_MORE = "finished"; // though some runs may be at work: these can be ended

/** Return {element, destroy} of a sweep's head. */
export function sweepHeader(model, onChanged) {
  const title = h("div.sweep-title");
  const progress = h("div.sweep-progress");
  const best = h("div.sweep-best");
  const note = h("p.sweep-note");
  const controls = isExported ? null : new Controls(model, onChanged);
  const head = h("header.sweep-head", title, progress, best, controls?.element);
  const element = h("div", head, note, controls?.problem);
  function draw() {
    const { sweep } = model;
    const { states, done, total, pace, metric } = sweep;
    const { name, tags, notes } = sweep;
    const named = [name, tags, notes, sweep.status, metric, age(sweep.created_at)];
    fillIfChanged(title, named, () => titleOf(sweep));
    fillIfChanged(progress, [states, done, total, pace], () => progressOf(sweep));
    setShown(note, sweep.note);
    fillIfChanged(note, sweep.note, () => sentence(sweep.note));
    setShown(best, sweep.best || sweep.metrics?.length > 1);
    fillIfChanged(best, [sweep.best, metric, sweep.metrics], () => bestOf(sweep));
  }
  model.on("sweep", draw);
  draw();
  const ages = setInterval(draw, 30_000);
  return { element, destroy: () => clearInterval(ages) };
}

function titleOf(sweep) {
  const { id, path, method, metric, tags, notes } = sweep;
  const name = sweep.name || id;
  const goal = metric ? ` · ${metric.goal} ${metricTitle(metric)}` : "";
  const about = `${method}${goal} · ${age(sweep.created_at)}`;
  return [
    h("div.row", h("h1.cut", { title: name }, name), sweepPill(sweep)),
    h("div.note.cut", { title: `${path}: ${about}` }, about, " · ", h("span.mono", path)),
    tags?.length > 0 && h("div.cut", { title: tags.join(", ") }, tagPills(tags)),
    notes && h("div.note.cut", { title: notes }, notes),
  ];
}

function progressOf(sweep) {
  const { done, total, states, pace } = sweep;
  const others = RUN_STATES.filter((state) => state === "running" || tone(state) === "bad")
    .filter((state) => states[state])
    .map((state) => [" · ", stateCount(state, states[state])]);
  return [
    progressBar(sweep),
    h(
      "div.cut",
      { title: [progressText(sweep), pace].filter(Boolean).join(" · ") },
      h("b", count(done)),
      total === null ? " runs done" : ` of ${count(total)} runs`,
      others,
      pace && h("span.muted", ` · ${pace}`),
    ),
  ];
}

// Failures lead to their causes.
function stateCount(state, runs) {
  const text = `${count(runs)} ${state}`;
  const dataset = { tone: tone(state) };
  if (dataset.tone !== "bad") return h("span.toned", { dataset }, text);
  const onclick = () => document.querySelector(".failures-card")?.scrollIntoView();
  return h("button.link.toned", { type: "button", title: "Show why", dataset, onclick }, text);
}

function bestOf({ best, metric, metrics = [] }) {
  if (!best) return h("span.muted", `${metrics.length} metrics`);
  const number = `#${best.number}`;
  return [
    h("div.note.cut", { title: metricTitle(metric) }, `best ${metricTitle(metric)}`),
    h(
      "div",
      h("b.best-value", shortNumber(best.value)),
      " ",
      isExported ? number : runLink(best.id, number),
      tone(best.state) === "bad" && h("span.toned", { dataset: { tone: "bad" } }, ` ${best.state}`),
    ),
  ];
}

/** The buttons of a sweep, and why one did nothing. What cannot be undone asks first. */
class Controls {
  problem = h("div.controls-problem", { role: "alert", hidden: true });
  #model;
  #onChanged;
  #offered = null;
  #buttons = h("div.row");

  constructor(model, onChanged) {
    this.#model = model;
    this.#onChanged = onChanged;
    const attributes = { role: "group", "aria-label": "Control the sweep" };
    this.element = h("div.controls", attributes, this.#buttons);
    model.on("sweep", () => this.#draw());
    this.#draw();
  }

  // Only for other buttons: a question that is open is not taken away by every update.
  #draw() {
    const { state, states } = this.#model.sweep;
    const mayCancel = state === STARTS_NO_MORE && states.running > 0;
    const verbs = [...(OFFERED[state] ?? []), ...(mayCancel ? ["cancel"] : [])];
    const offered = verbs.join(" ");
    if (offered === this.#offered) return;
    this.#offered = offered;
    fill(
      this.#buttons,
      verbs.map((verb) => this.#button(verb)),
    );
  }

  #button(verb) {
    const { title, about, look = "" } = VERBS[verb];
    const act = verb === "cancel" ? () => this.#ask() : () => this.#send(verb);
    return button(look, title, act, { title: about });
  }

  #ask() {
    const running = this.#model.sweep.states.running ?? 0;
    const text = running ? `End ${many(running, "run")} and the sweep?` : "End the sweep?";
    const yes = button("danger", "Cancel sweep", () => this.#send("cancel"));
    const no = button("", "Keep it", () => this.#redraw());
    const onkeydown = (event) => event.key === "Escape" && this.#redraw();
    const attributes = { role: "alertdialog", "aria-label": text, onkeydown };
    fill(this.#buttons, h("div.row", attributes, h("span", text), yes, no));
    no.focus();
  }

  #redraw() {
    this.#offered = null;
    this.#draw();
    this.#buttons.querySelector("button:last-child")?.focus();
  }

  async #send(verb) {
    for (const each of this.#buttons.querySelectorAll("button")) each.disabled = true;
    this.problem.hidden = true;
    try {
      const { before: _, stuck, ...stands } = await setState(this.#model.sweep.id, verb);
      this.#model.setSweep({ ...this.#model.sweep, ...stands });
      if (stuck) this.#say(stuck);
    } catch (problem) {
      this.#say(problem.message);
    }
    this.#redraw();
    this.#onChanged();
  }

  #say(text) {
    fill(this.problem, sentence(text));
    this.problem.hidden = false;
  }
}
