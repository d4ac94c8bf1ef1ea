// From addresses to pages. The sweep's page that one left is kept, so that going back finds its
// filters, brushes and chosen runs as they were.

import { fill, h, whenQuiet } from "./dom.js";
import { problemView } from "./problem.js";

const PATIENCE_MS = 150; // before the page says that it is loading
const SETTLED_MS = 250; // after the last scroll; browsers limit how often an address may be written

/** Shows the page of the present address. */
export class Router {
  #shell;
  #routes;
  #current = null; // {path, element, destroy, pause, resume}
  #parked = null;
  #turn = 0;

  constructor(shell, routes) {
    this.#shell = shell;
    this.#routes = routes;
  }

  /** Show the page of the address, now and whenever it changes. */
  start() {
    history.scrollRestoration = "manual"; // pages are as high as before only once they have data
    addEventListener("popstate", (event) => this.#show(event.state?.scroll ?? 0));
    addEventListener("scroll", whenQuiet(SETTLED_MS, keepScroll), { passive: true });
    this.#show(history.state?.scroll ?? 0);
  }

  /** Go to a path. */
  open(path) {
    keepScroll();
    history.pushState({}, "", path);
    this.#show(0);
  }

  async #show(scroll) {
    const turn = ++this.#turn;
    const path = location.pathname;
    this.#leave();
    if (this.#parked?.path === path) {
      this.#current = this.#parked;
      this.#parked = null;
      this.#attach(scroll);
      this.#current.resume();
      return;
    }
    const wait = setTimeout(() => fill(this.#shell.main, waiting()), PATIENCE_MS);
    const page = await this.#load(path);
    clearTimeout(wait);
    if (turn !== this.#turn) return page.destroy?.(); // another was asked for meanwhile
    page.path = path;
    this.#current = page;
    this.#attach(scroll);
    page.attached?.();
    scrollTo(0, scroll);
  }

  #attach(scroll) {
    this.#shell.main.replaceChildren(this.#current.element);
    scrollTo(0, scroll);
    if (document.activeElement === document.body) this.#shell.main.focus({ preventScroll: true });
  }

  #leave() {
    if (this.#current?.pause) {
      this.#parked?.destroy?.();
      this.#current.pause();
      this.#parked = this.#current;
    } else {
      this.#current?.destroy?.();
    }
    this.#current = null;
    this.#shell.setConnection(null);
  }

  async #load(path) {
    for (const [pattern, load] of this.#routes) {
      const found = pattern.exec(path);
      if (!found) continue;
      try {
        return await load(this.#shell, decodeURIComponent(found[1] ?? ""), new URLSearchParams(location.search));
      } catch (problem) {
        this.#shell.setCrumbs([["Not shown"]]);
        return { element: problemView(problem, () => this.#show(0)) };
      }
    }
    this.#shell.setCrumbs([["Not found"]]);
    return { element: problemView({ status: 404, message: "There is no page at this address." }) };
  }
}

function keepScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

function waiting() {
  const boxes = [80, 140, 420].map((height) => h("div", { class: "loading", style: { height: `${height}px` } }));
  return [h("p", { class: "unseen", role: "status" }, "Loading"), ...boxes];
}
