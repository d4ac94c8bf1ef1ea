// A sweep's page: everything about it on one page, all parts on one model.

import { getImportance, getRuns, getSweep, isExported } from "./api.js";
import { h, setShown } from "./dom.js";
import { sweepHeader } from "./header.js";
import { History } from "./history.js";
import { Importance } from "./importance.js";
import { Puller } from "./live.js";
import { SweepModel } from "./model.js";
import { Parallel } from "./parallel.js";
import { card, commandLine, spelled } from "./parts.js";
import { runDialog } from "./run_dialog.js";
import { RunsTable } from "./runs_table.js";
import { Slices } from "./slices.js";
import { agentsCard, bestCard, configCard, failuresCard, unmeasuredCard } from "./sweep_cards.js";
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

  constructor(shell, model, filter) {
    this.#shell = shell;
    this.model = model;
    this.#puller = new Puller(shell, model.sweep.id, () => this.#pull());
    const openPage = (row) => shell.open(`/run/${encodeURIComponent(model.column("id")[row])}`);
    this.open = isExported ? runDialog(model) : openPage;
    this.toolbar = new Toolbar(model, filter);
    this.table = new RunsTable(model, {
      onOpen: this.open,
      onCompare: (ids) => this.#compare(ids),
    });
    this.header = sweepHeader(model, () => this.#puller.request());
    this.element = this.#build();
    model.on("data", () => this.#arrange());
    model.on("sweep", () => this.#arrange());
  }

  #build() {
    const { model } = this;
    this.plotCards = this.#plotCards();
    this.nothing = nothingYet(model);
    return h(
      "div.stack",
      h("div.sweep-top", this.header.element, this.toolbar.element),
      bestCard(model, this.open),
      unmeasuredCard(model),
      this.nothing,
      this.plotCards,
      failuresCard(model, this.open),
      this.table.element,
      h("div.pair", agentsCard(model), configCard(model)),
    );
  }

  #plotCards() {
    const box = (name) => h(`div.plot.plot-${name}`);
    this.boxes = {
      parallel: box("parallel"),
      history: box("history"),
      importance: box("importance"),
      slices: box("slices"),
    };
    const metric = this.model.metric?.name ?? "value";
    return [
      card("Parallel coordinates", {}, this.boxes.parallel),
      h(
        "div.pair",
        card("History", { note: "best so far, and every run" }, this.boxes.history),
        card("Importance", { note: `what ${metric} depends on` }, this.boxes.importance),
      ),
      card("By parameter", { note: `${metric} against each parameter` }, this.boxes.slices),
    ];
  }

  /** Draw, now that the page is in the document. */
  attached() {
    this.#arrange();
    this.resume();
  }

  // Not before there are runs: until then the plots have no room.
  #draw() {
    const { model, boxes, open } = this;
    this.#plots = [
      new Parallel(boxes.parallel, model, open),
      new History(boxes.history, model, open),
      new Importance(boxes.importance, model, () => getImportance(model.sweep.id)),
      new Slices(boxes.slices, model, open),
    ];
  }

  #arrange() {
    const { model } = this;
    const hasRuns = model.n > 0;
    setShown(this.nothing, !hasRuns);
    setShown(this.table.element, hasRuns);
    setShown(this.toolbar.element, hasRuns);
    for (const [at, each] of this.plotCards.entries()) {
      setShown(each, hasRuns && (at === 0 || model.metric !== null));
    }
    if (hasRuns && !this.#plots.length && this.element.isConnected) this.#draw();
    // With failures and no result, the failures come first.
    const { best, failures, states } = model.sweep;
    this.element.classList.toggle("fails-first", !best && !states.finished && failures?.length > 0);
  }

  async #pull() {
    const { model } = this;
    const { id } = model.sweep;
    const [sweep, runs] = await Promise.all([getSweep(id), getRuns(id, model.cursor)]);
    model.setSweep(sweep);
    model.apply(runs);
  }

  #compare(ids) {
    const path = `/compare/${encodeURIComponent(this.model.sweep.id)}`;
    this.#shell.open(`${path}?runs=${ids.map(encodeURIComponent).join(",")}`);
  }

  pause() {
    this.#puller.unfollow();
    this.table.pause();
  }

  resume() {
    const { name, id } = this.model.sweep;
    this.#shell.setCrumbs([[name || id]]);
    this.#puller.follow();
    this.table.resume();
  }

  destroy() {
    this.#puller.close();
    for (const each of [this.toolbar, this.header, this.table, ...this.#plots]) each.destroy();
  }
}

function nothingYet(model) {
  const text =
    "Runs start when an agent claims them. Start one agent or several, on this machine " +
    "or on another one that sees the same results:";
  return h(
    "section.card.empty",
    h("h2", "No runs yet"),
    h("p", text),
    commandLine(spelled(`agent ${model.sweep.path}`)),
  );
}
