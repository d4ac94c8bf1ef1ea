// A sweep's page: everything about it on one page, all parts on one model.

import { agentsCard } from "./agents.js";
import { getImportance, getRuns, getSweep, isExported } from "./api.js";
import { bestCard } from "./best.js";
import { configCard } from "./config.js";
import { h, setShown } from "./dom.js";
import { failuresCard } from "./failures.js";
import { sweepHeader } from "./header.js";
import { history as historyPlot } from "./history.js";
import { importance as importancePlot } from "./importance.js";
import { follow, Puller } from "./live.js";
import { SweepModel } from "./model.js";
import { parallel as parallelPlot } from "./parallel.js";
import { commandLine, card } from "./problem.js";
import { runDialog } from "./rundialog.js";
import { slices as slicesPlot } from "./slices.js";
import { RunsTable } from "./table.js";
import { Toolbar } from "./toolbar.js";

/** Show a sweep. */
export async function sweepPage(shell, id, query) {
  const [sweep, runs] = await Promise.all([getSweep(id), getRuns(id)]);
  const model = new SweepModel(sweep);
  model.apply(runs); // before anything listens: all parts draw it once
  return new SweepPage(shell, model, query.get("filter") ?? "");
}

/** The parts of a sweep's page, and what keeps them up to date. */
class SweepPage {
  #shell;
  #plots = [];
  #puller;
  #unfollow = () => {};

  constructor(shell, model, filter) {
    this.#shell = shell;
    this.model = model;
    this.#puller = new Puller(() => this.#pull(), (problem) => this.#shell.tell(problem));
    this.open = isExported ? runDialog(model) : (row) => shell.open(`/run/${encodeURIComponent(model.column("id")[row])}`);
    this.toolbar = new Toolbar(model, filter);
    this.table = new RunsTable(model, { onOpen: this.open, onCompare: (ids) => this.#compare(ids) });
    this.header = sweepHeader(model, () => this.#puller.request());
    this.element = this.#build();
    model.on("data", () => this.#arrange());
    model.on("sweep", () => this.#arrange());
  }

  #build() {
    const { model } = this;
    const sticky = h("div", { class: "sweep-top" }, this.header.element, this.toolbar.element);
    this.plotCards = this.#plotCards();
    this.nothing = nothingYet(model);
    this.cards = [
      bestCard(model, this.open),
      this.nothing,
      ...this.plotCards,
      failuresCard(model, this.open),
      this.table.element,
      h("div", { class: "pair" }, agentsCard(model), configCard(model)),
    ];
    return h("div", { class: "stack" }, sticky, ...this.cards);
  }

  #plotCards() {
    this.boxes = Object.fromEntries(
      ["parallel", "history", "importance", "slices"].map((name) => [name, h("div", { class: `plot plot-${name}` })]),
    );
    const { parallel, history, importance, slices } = this.boxes;
    const metric = this.model.metric?.name ?? "value";
    return [
      card("Parallel coordinates", {}, parallel),
      h("div", { class: "pair" }, card("History", { note: "best so far, and every run" }, history), card("Importance", { note: `what ${metric} depends on` }, importance)),
      card("By parameter", { note: `${metric} against each parameter` }, slices),
    ];
  }

  /** Draw, now that the page is in the document. */
  attached() {
    this.#arrange();
    this.resume();
  }

  // Not before there are runs: until then the plots have no room.
  #draw() {
    const options = { onOpen: this.open };
    const { model, boxes } = this;
    this.#plots = [
      parallelPlot(boxes.parallel, model, options),
      historyPlot(boxes.history, model, options),
      importancePlot(boxes.importance, model, { ...options, load: () => getImportance(model.sweep.id) }),
      slicesPlot(boxes.slices, model, options),
    ];
  }

  #arrange() {
    const { model } = this;
    setShown(this.nothing, !model.n);
    for (const each of [...this.plotCards, this.table.element, this.toolbar.element]) setShown(each, model.n > 0);
    if (model.n && !this.#plots.length && this.element.isConnected) this.#draw();
    for (const each of this.plotCards.slice(1)) setShown(each, model.n > 0 && model.metric !== null);
    // With failures and no result, what went wrong comes first.
    const { best, failures, states } = model.sweep;
    this.element.classList.toggle("fails-first", !best && !states.finished && failures?.length > 0);
  }

  async #pull() {
    const { model } = this;
    const [sweep, runs] = await Promise.all([getSweep(model.sweep.id), getRuns(model.sweep.id, model.cursor)]);
    model.setSweep(sweep);
    model.apply(runs);
  }

  #compare(ids) {
    this.#shell.open(`/compare/${encodeURIComponent(this.model.sweep.id)}?runs=${ids.map(encodeURIComponent).join(",")}`);
  }

  pause() {
    this.#unfollow();
    this.table.pause();
  }

  resume() {
    const { name, id } = this.model.sweep;
    this.#shell.setCrumbs([[name || id]]);
    this.#unfollow = follow(id, {
      onChange: () => this.#puller.request(),
      onStatus: (status) => this.#shell.setConnection(status),
    });
    this.table.resume();
  }

  destroy() {
    this.#unfollow();
    this.#puller.close();
    this.toolbar.destroy();
    this.header.destroy();
    this.table.destroy();
    for (const plot of this.#plots) plot.destroy();
  }
}

function nothingYet(model) {
  return h(
    "section",
    { class: "card empty" },
    h("h2", null, "No run yet"),
    h("p", null, "Runs begin when an agent takes them. Start one, or several, on this machine or on another that sees the same results:"),
    commandLine(`agent ${model.sweep.path}`),
  );
}
