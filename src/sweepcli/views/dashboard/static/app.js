// The frame around every page, and the start of the program.

import { exportedAt, isExported } from "./api.js";
import { comparePage } from "./compare.js";
import { fill, h, hasModifier, isTyping, setShown } from "./dom.js";
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
  "signed-out": ["signed out", "You are signed out. Open the address that `sweep ui` has printed."],
};

/** The frame, and what pages may ask of it. */
class Shell {
  #crumbs = h("nav.crumbs.row", { "aria-label": "You are here" });
  #connection = h("span.connection.note.row", { role: "status", hidden: true });
  #notice = h("div.notice", { role: "alert", hidden: true });

  constructor() {
    this.main = h("main.stack", { id: "page", tabindex: "-1" });
    this.router = new Router(this, ROUTES);
  }

  /** Return the elements of the frame. */
  frame() {
    const mark = h("span.brand-mark", { "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    const brand = isExported ? h("span.brand.row", mark) : h("a.brand.row", { href: "/" }, mark);
    brand.append("sweepcli");
    const onclick = (event) => this.#skip(event);
    const when = isExported && h("span.muted", `as of ${moment(exportedAt)}`);
    return [
      h("a.skip", { href: "#page", onclick }, "Skip to the content"),
      h("header.topbar.row", brand, this.#crumbs, when, this.#connection, themeButton()),
      this.#notice,
      this.main,
    ];
  }

  #skip(event) {
    event.preventDefault();
    this.main.focus();
  }

  /** Show where the page is: [text, path] of each step, the last without a path. */
  setCrumbs(crumbs) {
    document.title = [...crumbs.map(([text]) => text).reverse(), "sweepcli"].join(" · ");
    const steps = crumbs.flatMap(([text, path]) => [
      h("span", { "aria-hidden": "true" }, "/"),
      path ? h("a.cut", { href: path, title: text }, text) : h("span.cut", { title: text }, text),
    ]);
    fill(this.#crumbs, steps);
  }

  /** Show how the connection is: live, lost, signed-out; null where nothing is followed. */
  setConnection(status) {
    setShown(this.#connection, status !== null);
    setShown(this.#notice, CONNECTIONS[status]?.[1]);
    if (status === null) return;
    const [word, sentence] = CONNECTIONS[status];
    this.#connection.dataset.is = status === "live" ? "live" : "lost";
    this.#connection.textContent = word;
    this.#notice.textContent = sentence;
  }

  /** Show why the page could not be updated. */
  report(problem) {
    if (!("status" in problem)) throw problem; // a mistake of ours
    if ([401, 403].includes(problem.status)) return this.setConnection("signed-out");
    this.#notice.textContent = problem.message;
    return setShown(this.#notice, true);
  }

  /** Go to another page. */
  open(path) {
    this.router.open(path);
  }
}

// Our links change the page without loading it again, unless another tab is asked for.
function onClick(event, shell) {
  const link = event.target.closest?.("a[href^='/']");
  const isPlain = event.button === 0 && !hasModifier(event) && !event.shiftKey;
  if (!link || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  shell.open(link.getAttribute("href"));
}

function onKey(event) {
  const field = document.querySelector("[data-key='/']");
  if (!field || event.key !== "/" || hasModifier(event) || isTyping(event)) return;
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
