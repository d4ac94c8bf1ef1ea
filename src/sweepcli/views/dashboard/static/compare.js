// Some runs beside each other: their curves, and where they differ.

import { getCurves, getRun, getSweep } from "./api.js";
import { curves as curvesPlot } from "./curves.js";
import { differences } from "./differences.js";
import { fill, h } from "./dom.js";
import { duration, many, shortNumber } from "./format.js";
import { follow, Puller } from "./live.js";
import { card } from "./problem.js";
import { isOpen, stateMark } from "./states.js";
import { colourOf, onTheme } from "./theme.js";

const COLOURS = 8; // `--series-1` to `--series-8`

/** Show runs of a sweep beside each other. */
export async function comparePage(shell, id, query) {
  const ids = (query.get("runs") ?? "").split(",").filter(Boolean);
  if (!ids.length) throw Object.assign(new Error("Tick runs in the table of the sweep, and press “Compare”."), { status: 400 });
  const [sweep, told, runs] = await Promise.all([getSweep(id), getCurves(id, ids, query.get("key")), Promise.all(ids.map(getRun))]);
  return new ComparePage(shell, sweep, runs.map(({ run }) => run), told);
}

/** The parts of the page. */
class ComparePage {
  #shell;
  #sweep;
  #runs;
  #told;
  #plot = null;
  #puller;
  #unfollow = () => {};
  #offTheme = onTheme(() => this.#redraw());
  #box = h("div", { class: "plot plot-compare" });
  #legend = h("div", { class: "sideways legend" });
  #tables = h("div", { class: "stack" });
  #select = h("select", { class: "select", "aria-label": "Curve", onchange: () => this.#choose(this.#select.value) });

  constructor(shell, sweep, runs, told) {
    Object.assign(this, { element: h("div", { class: "stack" }) });
    this.#shell = shell;
    this.#sweep = sweep;
    this.#runs = runs;
    this.#told = told;
    this.#puller = new Puller(() => this.#pull(), (problem) => this.#shell.tell(problem));
    this.#build();
    this.#draw();
  }

  #build() {
    const path = `/sweep/${encodeURIComponent(this.#sweep.id)}`;
    fill(
      this.element,
      h("div", { class: "title-line" }, h("h1", null, `Compare ${many(this.#runs.length, "run")}`), h("a", { class: "push", href: path }, `← ${this.#sweep.name || this.#sweep.path}`)),
      card("Curves", { push: this.#select }, this.#box, this.#legend),
      this.#tables,
    );
  }

  attached() {
    const { id, name } = this.#sweep;
    this.#shell.setCrumbs([[name || id, `/sweep/${encodeURIComponent(id)}`], ["compare"]]);
    this.#makePlot();
    this.#unfollow = follow(id, { onChange: () => this.#puller.request(), onStatus: (status) => this.#shell.setConnection(status) });
  }

  #makePlot() {
    this.#plot?.destroy();
    this.#box.replaceChildren();
    this.#plot = curvesPlot(this.#box, { series: this.#series(), key: this.#told.key });
  }

  #series() {
    return this.#runs.flatMap((run, at) => {
      const curve = this.#told.curves[run.id];
      return curve ? [{ label: `run ${run.number}`, colour: this.#colour(at), ...curve }] : [];
    });
  }

  #colour(at) {
    return colourOf(`--series-${(at % COLOURS) + 1}`);
  }

  #draw() {
    const { keys, key } = this.#told;
    const names = keys.includes(key) || !key ? keys : [key, ...keys];
    fill(this.#select, names.map((name) => h("option", { value: name }, name)));
    this.#select.value = key ?? "";
    this.#select.disabled = names.length < 2;
    fill(this.#legend, this.#legendTable());
    this.#puller.setQuiet(!this.#runs.some((run) => isOpen(run.state)));
    fill(this.#tables, differences("Parameters", this.#runs, (run) => run.params), differences("Summary", this.#runs, (run) => run.summary));
  }

  #legendTable() {
    const titles = ["Run", "State", this.#sweep.metric?.name ?? "value", "Took", ""];
    const head = titles.map((title, at) => h("th", { scope: "col", class: at === 2 || at === 3 ? "number" : null }, title));
    return h("table", { class: "lines" }, h("thead", null, h("tr", null, head)), h("tbody", null, this.#runs.map((run, at) => this.#legendLine(run, at))));
  }

  #legendLine(run, at) {
    const swatch = h("span", { class: "swatch", style: { background: this.#colour(at) } });
    const remove = h("button", { class: "button quiet small", type: "button", "aria-label": `Leave run ${run.number} out`, onclick: () => this.#remove(run) }, "×");
    return h(
      "tr",
      null,
      h("td", { class: "legend-run" }, swatch, h("a", { href: `/run/${encodeURIComponent(run.id)}` }, `run ${run.number}`), h("span", { class: "mono muted legend-id" }, ` ${run.id}`)),
      h("td", null, stateMark(run.state)),
      h("td", { class: "number", title: String(run.value ?? "") }, shortNumber(run.value)),
      h("td", { class: "number" }, duration(run.duration_s)),
      h("td", { class: "number" }, this.#runs.length > 1 && remove),
    );
  }

  async #pull() {
    const ids = this.#runs.map((run) => run.id);
    const fresh = this.#runs.map((run) => (isOpen(run.state) ? getRun(run.id) : { run }));
    const [told, runs] = await Promise.all([getCurves(this.#sweep.id, ids, this.#told.key), Promise.all(fresh)]);
    if (ids.length !== this.#runs.length || told.key !== this.#told.key) return; // chosen otherwise meanwhile
    this.#told = told;
    this.#runs = runs.map(({ run }) => run);
    this.#redraw();
  }

  #redraw() {
    this.#draw();
    this.#plot?.update(this.#series());
  }

  async #choose(key) {
    this.#told = await getCurves(this.#sweep.id, this.#runs.map((run) => run.id), key);
    this.#keepAddress();
    this.#makePlot();
  }

  #remove(run) {
    this.#runs = this.#runs.filter((each) => each !== run);
    this.#keepAddress();
    this.#build();
    this.#redraw();
  }

  #keepAddress() {
    const query = new URLSearchParams({ runs: this.#runs.map((run) => run.id).join(","), key: this.#told.key });
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
  }

  destroy() {
    this.#unfollow();
    this.#puller.close();
    this.#offTheme();
    this.#plot?.destroy();
  }
}
