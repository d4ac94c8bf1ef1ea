// From addresses to pages. The last sweep's page is kept, so that going back finds its filters,
// brushes and selected runs as they were.

import { fill, h, whenQuiet } from "./dom.js";
import { problemView } from "./parts.js";

const PATIENCE_MS = 150; // before the page says that it is loading
const SETTLED_MS = 250; // after the last scroll; browsers limit how often an address may be written

const NOT_FOUND = [/^/, notFound];

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
    const isCurrent = () => turn === this.#turn; // another page may be opened meanwhile
    const sayLoading = () => isCurrent() && fill(this.#shell.main, waiting());
    const wait = setTimeout(sayLoading, PATIENCE_MS);
    const page = await this.#load(path);
    clearTimeout(wait);
    if (!isCurrent()) return page.destroy?.();
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
    const [pattern, load] = this.#routes.find(([each]) => each.test(path)) ?? NOT_FOUND;
    const id = decodeURIComponent(pattern.exec(path)[1] ?? "");
    try {
      return await load(this.#shell, id, new URLSearchParams(location.search));
    } catch (problem) {
      this.#shell.setCrumbs([[problem.status === 404 ? "Not found" : "Not shown"]]);
      return { element: problemView(problem, () => this.#show(0)) };
    }
  }
}

async function notFound() {
  throw Object.assign(new Error("There is no page at this address."), { status: 404 });
}

function keepScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

function waiting() {
  const box = (height) => h("div.loading", { style: { height } });
  return [h("p.unseen", { role: "status" }, "Loading"), ["80px", "140px", "420px"].map(box)];
}
