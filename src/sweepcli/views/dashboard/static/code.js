// The code that a run had, and its environment, as far as the server has them.

import { getPatch } from "./api.js";
import { fill, fillIfChanged, h, setShown } from "./dom.js";
import { bytes, count, many } from "./format.js";
import { card, copyButton, facts } from "./parts.js";

const NAMED = 3; // files that were left out

/** The card of a run's code; it is hidden while nothing is known of it. */
export class CodeCard {
  #id;
  #facts = h("div");
  #patch = h("pre.code", { tabindex: "0", "aria-label": "Changes" });
  #changes;
  element;

  constructor(id) {
    this.#id = id;
    const ontoggle = () => this.#changes.open && this.#read();
    const title = h("summary", "Changes since the commit");
    this.#changes = h("details.config", { ontoggle }, title, this.#patch);
    this.element = card("Code and environment", {}, this.#facts, this.#changes);
  }

  draw({ run, code_details: code, environment_details: environment }) {
    setShown(this.element, run.code || environment);
    setShown(this.#changes, code?.has_patch);
    const seen = [run.code, run.code_after, code, environment?.id];
    fillIfChanged(this.#facts, seen, () => [
      facts([...codeFacts(run, code), ...environmentFacts(environment)]),
      packagesOf(environment),
    ]);
  }

  async #read() {
    const asked = getPatch(this.#id).catch(({ message }) => ({ text: message, is_whole: true }));
    const { text, size, is_whole: isWhole } = await asked;
    const rest = isWhole ? "" : `\n… the beginning of ${bytes(size)}`;
    fill(this.#patch, (text || "They are not kept here.") + rest);
  }
}

function codeFacts(run, code) {
  const { commit, branch, remote, left_out: leftOut = {} } = code ?? {};
  const paths = Object.entries(leftOut).map(([path, why]) => `${path} (${why})`);
  const more = paths.length - NAMED;
  return [
    run.code && ["Version", run.code],
    run.code_after && ["Changed to", `${run.code_after} while the run started`],
    commit && ["Commit", [commit, " ", copyButton(() => commit, "Copy", "quiet")]],
    branch && ["Branch", branch],
    remote && ["Remote", remote],
    code && ["Working tree", workingTree(code), ""],
    paths.length > 0 && [
      "Not kept",
      paths.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${count(more)} more` : ""),
    ],
    code?.problem && ["Problem", code.problem, ""],
  ];
}

function workingTree({ commit, dirty, kept }) {
  if (!commit) return "without git";
  const parts = [dirty && "changes", kept > 0 && many(kept, "untracked file")];
  return parts.filter(Boolean).join(" and ") || "clean";
}

function environmentFacts(found) {
  if (!found) return [];
  const gpus = [...new Set(found.gpus)].map((name) => {
    const same = found.gpus.filter((each) => each === name).length;
    return same > 1 ? `${same} × ${name}` : name;
  });
  const driver = found.driver && `driver ${found.driver}`;
  const seeds = Object.entries(found.seeds).map(([name, value]) => `${name}=${value}`);
  return [
    found.python && ["Python", `${found.implementation} ${found.python}, ${found.interpreter}`],
    ["Machine", [found.host, ...gpus, driver].filter(Boolean).join(", ")],
    seeds.length > 0 && ["Seeds", seeds.join(" ")],
  ];
}

function packagesOf(environment) {
  const found = Object.entries(environment?.packages ?? {});
  if (!found.length) return null;
  return h(
    "details.config",
    h("summary", `Packages (${count(found.length)})`),
    h("pre.code", { tabindex: "0" }, found.map((each) => each.join("==")).join("\n")),
  );
}
