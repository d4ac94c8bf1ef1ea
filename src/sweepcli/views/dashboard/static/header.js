// The head of a sweep's page: what it is, how far it is, what is best, and its controls.

import { isExported } from "./api.js";
import { Controls } from "./controls.js";
import { fill, h } from "./dom.js";
import { age, count, shortNumber } from "./format.js";
import { paceText, progressBar, progressText, statesOf } from "./progress.js";
import { statePill, tone } from "./states.js";

/** Return {element, destroy} of a sweep's head. */
export function sweepHeader(model, onChanged) {
  const title = h("div", { class: "sweep-title" });
  const progress = h("div", { class: "sweep-progress" });
  const best = h("div", { class: "sweep-best" });
  const controls = isExported ? null : new Controls(model, onChanged);
  const element = h("header", { class: "sweep-head" }, title, progress, best, controls?.element);
  // Only what has changed: a link that has the focus keeps it.
  function draw() {
    const { states, done, total, rate_per_hour: rate, left_s: left, best: found, metric, metrics } = model.sweep;
    const { name, state, created_at: created } = model.sweep;
    redraw(title, [name, state, metric, age(created)], () => fillTitle(title, model.sweep));
    redraw(progress, [states, done, total, rate, left], () => fillProgress(progress, model.sweep));
    redraw(best, [found, metric, metrics], () => fillBest(best, model.sweep));
  }
  model.on("sweep", draw);
  draw();
  const ages = setInterval(draw, 30_000);
  return { element, destroy: () => clearInterval(ages) };
}

function redraw(element, shown, fillIt) {
  const key = JSON.stringify(shown);
  if (element.dataset.shown === key) return;
  element.dataset.shown = key;
  fillIt();
}

function fillTitle(element, sweep) {
  const { name, id, path, state, method, metric, created_at: created } = sweep;
  const goal = metric ? ` · ${metric.goal} ${metric.name}` : "";
  const about = `${method}${goal} · ${age(created)}`;
  fill(
    element,
    h("div", { class: "title-line" }, h("h1", { class: "cut", title: name || id }, name || id), statePill(state)),
    h("div", { class: "muted cut", title: `${path}: ${about}` }, about, " · ", h("span", { class: "mono" }, path)),
  );
}

function fillProgress(element, sweep) {
  const { done, total } = sweep;
  const others = statesOf(sweep).filter(([state]) => state === "running" || tone(state) === "bad");
  const counts = others.map(([state, runs]) => [" · ", tone(state) === "bad" ? failureLink(state, runs) : h("span", { class: "toned", dataset: { tone: tone(state) } }, `${count(runs)} ${state}`)]);
  const pace = paceText(sweep);
  fill(
    element,
    progressBar(sweep),
    h("div", { class: "cut", title: [progressText(sweep), pace].filter(Boolean).join(" · ") }, h("b", null, count(done)), total === null ? " runs done" : ` of ${count(total)} runs`, counts, pace && h("span", { class: "muted" }, ` · ${pace}`)),
  );
}

function failureLink(state, runs) {
  const onclick = () => document.querySelector(".failures-card")?.scrollIntoView({ block: "start" });
  return h("button", { class: "link toned", type: "button", title: "Show why", dataset: { tone: "bad" }, onclick }, `${count(runs)} ${state}`);
}

function fillBest(element, { best, metric, metrics = [] }) {
  element.hidden = !best && metrics.length < 2;
  if (!best) return fill(element, h("span", { class: "muted" }, `${metrics.length} metrics`));
  const number = isExported ? `#${best.number}` : h("a", { href: `/run/${encodeURIComponent(best.id)}` }, `#${best.number}`);
  return fill(
    element,
    h("div", { class: "muted cut", title: metric?.name }, `best ${metric?.name ?? "value"}`),
    h("div", null, h("b", { class: "best-value" }, shortNumber(best.value)), " ", number),
  );
}
