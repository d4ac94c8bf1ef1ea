// Some runs side by side: their curves, and the parameters and summaries in which they differ.

import { getCurves, getRun, getSweep } from "./api.js";
import { Curves } from "./curves.js";
import { button, fill, h, runLink, sweepPath } from "./dom.js";
import { cell, duration, exact, leaves, many, metricTitle, shortNumber } from "./format.js";
import { Puller } from "./live.js";
import { card, table } from "./parts.js";
import { isOpen, stateMark } from "./states.js";
import { colourOf, onTheme } from "./theme.js";

const COLOURS = 8; // `--series-1` to `--series-8`
const HINT = "Tick runs in the table of the sweep, and press “Compare”.";

/** Show runs of a sweep side by side. */
export async function comparePage(shell, id, query) {
  const ids = (query.get("runs") ?? "").split(",").filter(Boolean);
  if (!ids.length) throw Object.assign(new Error(HINT), { status: 400 });
  const [sweep, curves, answers] = await Promise.all([
    getSweep(id),
    getCurves(id, ids, query.get("key")),
    Promise.all(ids.map(getRun)),
  ]);
  const runs = answers.map(({ run }) => run);
  return new ComparePage(shell, sweep, runs, curves);
}

/** The parts of the page. */
class ComparePage {
  #shell;
  #sweep;
  #runs;
  #curves; // {key, keys, curves}
  #plot = null;
  #puller;
  #offTheme = onTheme(() => this.#redraw());
  #box = h("div.plot.plot-compare");
  #legend = h("div.sideways.legend");
  #tables = h("div.stack");
  #select = h("select.select", {
    "aria-label": "Curve",
    onchange: () => this.#choose(this.#select.value),
  });

  constructor(shell, sweep, runs, curves) {
    this.element = h("div.stack");
    this.#shell = shell;
    this.#sweep = sweep;
    this.#runs = runs;
    this.#curves = curves;
    this.#puller = new Puller(shell, sweep.id, () => this.#pull());
    this.#build();
    this.#draw();
  }

  get #ids() {
    return this.#runs.map((run) => run.id);
  }

  #build() {
    const { id, name, path } = this.#sweep;
    const title = h("h1", `Compare ${many(this.#runs.length, "run")}`);
    const back = h("a.push.cut", { href: sweepPath(id) }, `← ${name || path}`);
    fill(
      this.element,
      h("div.row", title, back),
      card("Curves", { push: this.#select }, this.#box, this.#legend),
      this.#tables,
    );
  }

  attached() {
    const { id, name } = this.#sweep;
    this.#shell.setCrumbs([[name || id, sweepPath(id)], ["compare"]]);
    this.#makePlot();
    this.#puller.follow();
  }

  #makePlot() {
    this.#plot?.destroy();
    this.#plot = new Curves(this.#box, { series: this.#series(), key: this.#curves.key });
  }

  #series() {
    return this.#runs.flatMap((run, at) => {
      const curve = this.#curves.curves[run.id];
      return curve ? [{ label: `run ${run.number}`, colour: this.#colour(at), ...curve }] : [];
    });
  }

  #colour(at) {
    return colourOf(`--series-${(at % COLOURS) + 1}`);
  }

  #draw() {
    const { keys, key } = this.#curves;
    const names = keys.includes(key) || !key ? keys : [key, ...keys];
    const options = names.map((name) => h("option", { value: name }, name));
    fill(this.#select, options);
    this.#select.value = key ?? "";
    this.#select.disabled = names.length < 2;
    fill(this.#legend, this.#legendTable());
    this.#puller.setQuiet(!this.#runs.some((run) => isOpen(run.state)));
    fill(
      this.#tables,
      differences("Parameters", this.#runs, "params"),
      differences("Summary", this.#runs, "summary"),
    );
  }

  #legendTable() {
    const numeric = [metricTitle(this.#sweep.metric), "Duration"];
    const rows = this.#runs.map((run, at) => this.#legendCells(run, at));
    return table(["Run", "State", ...numeric, ""], rows, { numeric });
  }

  #legendCells(run, at) {
    const swatch = h("span.swatch", { style: { background: this.#colour(at) } });
    const link = runLink(run.id, `run ${run.number}`);
    const label = { "aria-label": `Remove run ${run.number}` };
    const remove = button("quiet.small", "×", () => this.#remove(run), label);
    return [
      h("span.legend-run", swatch, link, h("span.mono.muted.legend-id", ` ${run.name || run.id}`)),
      stateMark(run.state),
      [shortNumber(run.value), { title: run.value }],
      duration(run.duration_s),
      [this.#runs.length > 1 && remove, { class: "number" }],
    ];
  }

  async #pull() {
    const ids = this.#ids;
    const { key } = this.#curves;
    const fresh = this.#runs.map((run) => (isOpen(run.state) ? getRun(run.id) : { run }));
    const [curves, answers] = await Promise.all([
      getCurves(this.#sweep.id, ids, key),
      Promise.all(fresh),
    ]);
    if (ids.length !== this.#runs.length || key !== this.#curves.key) return; // outdated
    this.#curves = curves;
    this.#runs = answers.map(({ run }) => run);
    this.#redraw();
  }

  #redraw() {
    this.#draw();
    this.#plot?.update(this.#series());
  }

  async #choose(key) {
    this.#curves = await getCurves(this.#sweep.id, this.#ids, key);
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
    const query = new URLSearchParams({ runs: this.#ids.join(","), key: this.#curves.key });
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
  }

  destroy() {
    this.#puller.close();
    this.#offTheme();
    this.#plot?.destroy();
  }
}

/** Return a card that compares "params" or "summary" of runs: first what differs. */
function differences(title, runs, part) {
  const values = runs.map((run) => new Map(leaves(run[part])));
  const names = [...new Set(values.flatMap((each) => [...each.keys()]))];
  const texts = (name) => values.map((each) => (each.has(name) ? exact(each.get(name)) : ""));
  const different = names.filter((name) => new Set(texts(name)).size > 1);
  const same = names.filter((name) => !different.includes(name));
  const compared = (shown) => h("div.sideways", differencesTable(shown, runs, values));
  return card(
    title,
    { note: names.length ? `${different.length} of ${names.length} differ` : null },
    !names.length && h("p.muted", "None."),
    different.length > 0 && compared(different),
    same.length > 0 &&
      h(
        "details.config",
        { open: !different.length },
        h("summary", `The same in all (${same.length})`),
        compared(same),
      ),
  );
}

function differencesTable(names, runs, values) {
  const numeric = runs.map((run) => `run ${run.number}`);
  const textOf = (each, name) =>
    each.has(name)
      ? [cell(each.get(name)) || "∅", { class: "mono cut", title: exact(each.get(name)) }]
      : ["–", { class: "mono cut", title: "none" }];
  const rows = names.map((name) => [
    [name, { scope: "row", class: "cut", title: name }],
    ...values.map((each) => textOf(each, name)),
  ]);
  const style = { "--runs": String(runs.length) };
  return table(["Name", ...numeric], rows, { numeric, class: "differences", style });
}
