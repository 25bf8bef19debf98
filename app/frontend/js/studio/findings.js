// What the deployment checks find in the drawing: a list below it, and marks on the elements.
import { tag } from "./fields.js";

export class Findings {
  constructor(modeler, ground, state, named, choose) {
    this.modeler = modeler;
    this.ground = ground;
    this.state = state;
    this.named = named;
    this.choose = choose;
    this.marked = [];
  }

  show(problems) {
    const { words } = this.state;
    const canvas = this.modeler.get("canvas");
    const registry = this.modeler.get("elementRegistry");
    for (const [id, kind] of this.marked) if (registry.get(id)) canvas.removeMarker(id, kind);
    this.marked = problems.filter((it) => registry.get(it.element)).map((it) => [it.element, it.warning ? "found-warning" : "found-error"]);
    for (const [id, kind] of this.marked) canvas.addMarker(id, kind);
    const lines = problems.map((it) => this.line(it));
    const title = tag("h2", {}, problems.length ? problems.summary || words.findings : words.nothingFound, " ");
    this.ground.replaceChildren(title, ...(lines.length ? [tag("ul", {}, ...lines)] : []));
    this.ground.dataset.checked = String(problems.length);
  }

  line(problem) {
    const { words } = this.state;
    const shape = this.modeler.get("elementRegistry").get(problem.element);
    const kind = tag("span", { class: `badge ${problem.warning ? "soon" : "late"}` }, problem.warning ? words.warning : words.error);
    const where = (shape && this.named(shape)) || problem.element;
    if (!shape) return tag("li", {}, kind, ` ${where ? where + words.colon : ""}${problem.text}`);
    const link = tag("button", { type: "button", class: "link" }, where);
    link.addEventListener("click", () => this.choose(problem.element));
    return tag("li", {}, kind, " ", link, ` ${problem.text}`);
  }
}
