// The list of all sweeps.

import { getSweeps } from "./api.js";
import { fill, h, setShown } from "./dom.js";
import { age, count, shortNumber } from "./format.js";
import { follow, Puller } from "./live.js";
import { commandLine } from "./problem.js";
import { progressBar, progressText } from "./progress.js";
import { statePill } from "./states.js";

const SEARCH_FROM = 8; // sweeps; fewer need no search

/** Show all sweeps. */
export async function sweepsPage(shell) {
  let told = await getSweeps();
  const list = h("ol", { class: "sweeps" });
  const note = h("span", { class: "note" });
  const search = h("input", {
    class: "field", type: "search", placeholder: "Find a sweep", "aria-label": "Find a sweep", dataset: { key: "/" }, oninput: draw,
  });
  const card = h("section", { class: "card" }, h("div", { class: "card-head" }, h("h1", null, "Sweeps"), note, h("div", { class: "push" }, search)), columnHeads(), list);
  const element = h("div", { class: "stack" });

  function draw() {
    setShown(search, told.sweeps.length >= SEARCH_FROM);
    const wanted = search.value.trim().toLowerCase();
    const found = told.sweeps.filter((sweep) => searched(sweep).includes(wanted));
    note.textContent = `${found.length === told.sweeps.length ? "" : `${count(found.length)} of `}${count(told.sweeps.length)} in ${told.results}`;
    fill(list, found.map(line), !found.length && h("li", { class: "empty" }, h("p", null, `No sweep is called like “${search.value}”.`)));
    const isEmpty = !told.sweeps.length;
    if (element.dataset.empty !== String(isEmpty)) fill(element, isEmpty ? nothingYet(told.results) : card);
    element.dataset.empty = String(isEmpty);
  }

  const puller = new Puller(async () => {
    told = await getSweeps();
    draw();
  }, (problem) => shell.tell(problem));
  const ages = setInterval(draw, 30_000);
  const unfollow = follow(null, { onChange: () => puller.request(), onStatus: (status) => shell.setConnection(status) });
  shell.setCrumbs([["Sweeps"]]);
  draw();
  return { element, destroy: () => [unfollow(), puller.close(), clearInterval(ages)] };
}

function searched({ path, name, state, method, metric }) {
  return [path, name, state, method, metric?.name].join(" ").toLowerCase();
}

function columnHeads() {
  const titles = ["Sweep", "State", "Runs", "Best", "Created"];
  return h("div", { class: "sweeps-head", "aria-hidden": "true" }, titles.map((title) => h("span", null, title)));
}

function line(sweep) {
  const { best, metric } = sweep;
  const value = best && best.value !== null
    ? [h("b", null, shortNumber(best.value)), h("span", { class: "muted cut" }, metric?.name ?? "")]
    : h("span", { class: "muted" }, "–");
  return h("li", null, h(
    "a",
    { class: "sweeps-line", href: `/sweep/${encodeURIComponent(sweep.id)}` },
    h("span", { class: "sweeps-name" }, h("b", { class: "cut", title: sweep.name || sweep.id }, sweep.name || sweep.id), h("span", { class: "muted cut", title: sweep.path }, `${sweep.method} · ${sweep.path}`)),
    h("span", null, statePill(sweep.state)),
    h("span", { class: "sweeps-runs" }, progressBar(sweep), h("span", { class: "muted" }, progressText(sweep))),
    h("span", { class: "sweeps-best" }, value),
    h("span", { class: "muted sweeps-age" }, age(sweep.created_at)),
  ));
}

function nothingYet(results) {
  return h(
    "section",
    { class: "card empty" },
    h("h1", null, "No sweep here yet"),
    h("p", null, "Make one from a config, and give its runs to an agent. Both appear here by themselves."),
    commandLine("sweep config.yaml"),
    commandLine("agent PATH"),
    h("p", null, "Looked at: ", h("code", { class: "typed" }, results)),
  );
}
