// The list of all sweeps.

import { getSweeps } from "./api.js";
import { fill, fillIfChanged, h, setShown, sweepPath } from "./dom.js";
import { age, count, metricTitle, shortNumber } from "./format.js";
import { Puller } from "./live.js";
import { commandLine, spelled, tagPills } from "./parts.js";
import { progressBar, progressText } from "./progress.js";
import { sweepPill } from "./states.js";

const SEARCH_FROM = 8; // sweeps; fewer need no search
const TITLES = ["Sweep", "State", "Runs", "Best", "Created"];

/** Show all sweeps. */
export async function sweepsPage(shell) {
  const page = new SweepsPage(shell, await getSweeps());
  shell.setCrumbs([["Sweeps"]]);
  return page;
}

class SweepsPage {
  #answer; // {sweeps, results}
  #puller;
  #ages = setInterval(() => this.#draw(), 30_000);
  #note = h("span.note");
  #list = h("ol.sweeps");
  #search = h("input.field", {
    type: "search",
    placeholder: "Find a sweep",
    "aria-label": "Find a sweep",
    dataset: { key: "/" },
    oninput: () => this.#draw(),
  });

  constructor(shell, answer) {
    this.#answer = answer;
    this.element = h("div.stack");
    const titles = TITLES.map((title) => h("span", title));
    this.card = h(
      "section.card",
      h("div.card-head.row", h("h1", "Sweeps"), this.#note, h("div.push", this.#search)),
      h("div.sweeps-head.note", { "aria-hidden": "true" }, titles),
      this.#list,
    );
    this.#puller = new Puller(shell, null, () => this.#pull());
    this.#puller.follow();
    this.#draw();
  }

  async #pull() {
    this.#answer = await getSweeps();
    this.#draw();
  }

  #draw() {
    const { sweeps, results } = this.#answer;
    setShown(this.#search, sweeps.length >= SEARCH_FROM);
    const wanted = this.#search.value.trim().toLowerCase();
    const found = sweeps.filter((sweep) => searchText(sweep).includes(wanted));
    const of = found.length === sweeps.length ? "" : `${count(found.length)} of `;
    this.#note.textContent = `${of}${count(sweeps.length)} in ${results}`;
    const none = h("li.empty", h("p", `No sweep matches “${this.#search.value}”.`));
    fill(this.#list, found.length ? found.map(line) : none);
    const isEmpty = !sweeps.length;
    fillIfChanged(this.element, isEmpty, () => (isEmpty ? nothingYet(results) : this.card));
  }

  destroy() {
    this.#puller.close();
    clearInterval(this.#ages);
  }
}

function searchText({ path, name, tags, notes, state, status, method, metric }) {
  const texts = [path, name, ...(tags ?? []), notes, state, status, method, metric?.name];
  return texts.join(" ").toLowerCase();
}

function line(sweep) {
  const { id, path, method, metric } = sweep;
  const name = sweep.name || id;
  const value = sweep.best?.value ?? null;
  return h(
    "li",
    h(
      "a.sweeps-line",
      { href: sweepPath(id) },
      h(
        "span.sweeps-name",
        h("span.row", h("b.cut", { title: name }, name), tagPills(sweep.tags)),
        h("span.note.cut", { title: path }, `${method} · ${path}`),
      ),
      h("span", { title: sweep.note }, sweepPill(sweep)),
      h("span.sweeps-runs", progressBar(sweep), h("span.muted", progressText(sweep))),
      h(
        "span.sweeps-best",
        value === null ? h("span.muted", "–") : h("b", shortNumber(value)),
        value !== null && h("span.note.cut", metricTitle(metric)),
      ),
      h("span.note.sweeps-age", age(sweep.created_at)),
    ),
  );
}

function nothingYet(results) {
  return h(
    "section.card.empty",
    h("h1", "No sweeps yet"),
    h("p", "Create a sweep from a config, then start an agent to run it. Both appear here."),
    commandLine(spelled("sweep config.yaml")),
    commandLine(spelled("agent PATH")),
    h("p", "Results directory: ", h("code.typed", results)),
  );
}
