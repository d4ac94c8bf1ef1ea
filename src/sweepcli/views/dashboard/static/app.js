// The frame around every page, and the start of it all.

import { exportedAt, isExported } from "./api.js";
import { comparePage } from "./compare.js";
import { fill, h, isTyping, setShown } from "./dom.js";
import { moment } from "./format.js";
import { Router } from "./router.js";
import { runPage } from "./run.js";
import { sweepPage } from "./sweep.js";
import { sweepsPage } from "./sweeps.js";
import { startTheme, themeButton } from "./theme.js";

const ROUTES = isExported
  ? [[/^/, sweepPage]]
  : [
      [/^\/$/, sweepsPage],
      [/^\/sweep\/([^/]+)\/?$/, sweepPage],
      [/^\/run\/([^/]+)\/?$/, runPage],
      [/^\/compare\/([^/]+)\/?$/, comparePage],
    ];
const CONNECTIONS = {
  live: ["live", ""],
  lost: ["connection lost", "Connection lost, trying again. What you see may be out of date."],
  "signed-out": ["signed out", "This page is no longer signed in. Open the address that `sweep ui` has printed."],
};

/** What pages may ask of the frame. */
class Shell {
  #crumbs = h("nav", { class: "crumbs", "aria-label": "You are here" });
  #connection = h("span", { class: "connection", role: "status", hidden: true });
  #notice = h("div", { class: "notice", role: "alert", hidden: true });

  constructor() {
    this.main = h("main", { id: "page", tabindex: "-1" });
    this.router = new Router(this, ROUTES);
  }

  /** Return the elements of the frame. */
  frame() {
    const mark = h("span", { class: "brand-mark", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    const brand = h(isExported ? "span" : "a", { class: "brand", href: isExported ? null : "/" }, mark, "sweepcli");
    const skip = h("a", { class: "skip", href: "#page", onclick: (event) => this.#skip(event) }, "Skip to the content");
    const when = isExported && h("span", { class: "muted exported" }, `as of ${moment(exportedAt)}`);
    return [skip, h("header", { class: "topbar" }, brand, this.#crumbs, when, this.#connection, themeButton()), this.#notice, this.main];
  }

  #skip(event) {
    event.preventDefault();
    this.main.focus();
  }

  /** Say where the person is: [text, path] of each step, the last without a path. */
  setCrumbs(crumbs) {
    document.title = [...crumbs.map(([text]) => text).reverse(), "sweepcli"].join(" · ");
    const steps = crumbs.flatMap(([text, path]) => [
      h("span", { "aria-hidden": "true" }, "/"),
      path ? h("a", { href: path, title: text }, text) : h("span", { title: text }, text),
    ]);
    fill(this.#crumbs, steps);
  }

  /** Say how the connection is: live, lost, signed-out; null where nothing is followed. */
  setConnection(status) {
    setShown(this.#connection, status !== null);
    setShown(this.#notice, Boolean(CONNECTIONS[status]?.[1]));
    if (status === null) return;
    const [word, sentence] = CONNECTIONS[status];
    this.#connection.dataset.is = status === "live" ? "live" : "lost";
    this.#connection.textContent = word;
    this.#notice.textContent = sentence;
  }

  /** Say that the page could not be brought up to date. */
  tell(problem) {
    if (!("status" in problem)) throw problem; // a mistake of ours
    if ([401, 403].includes(problem.status)) return this.setConnection("signed-out");
    this.#notice.textContent = problem.message;
    return setShown(this.#notice, true);
  }

  /** Go to another page of ours. */
  open(path) {
    this.router.open(path);
  }
}

// Links of ours change the page without loading it anew, unless another tab is asked for.
function onClick(event, shell) {
  const link = event.target.closest?.("a[href^='/']");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || link.hasAttribute("download")) return;
  event.preventDefault();
  shell.open(link.getAttribute("href"));
}

function onKey(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  const field = document.querySelector("[data-key='/']");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function start() {
  startTheme();
  const shell = new Shell();
  fill(document.body, shell.frame());
  document.addEventListener("click", (event) => onClick(event, shell));
  document.addEventListener("keydown", onKey);
  shell.router.start();
}

start();
