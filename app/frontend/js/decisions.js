// Decisions in the editor of bpmn.io: their tables and expressions, what the checks find, trying them, and the draft.
import EditingManager from "dmn-js-shared/lib/base/EditingManager";
import { is } from "dmn-js-shared/lib/util/ModelUtil";
import TableEditor from "dmn-js-decision-table/lib/Editor";
import ExpressionEditor from "dmn-js-literal-expression/lib/Editor";
import GraphViewer from "dmn-js-drd/lib/NavigatedViewer";
import crossdesk from "./studio/descriptor.js";
import { Drafting } from "./studio/drafting.js";
import { losses, withComments } from "./studio/keeping.js";
import { tag } from "./studio/fields.js";
import { Marks } from "./decisions/marks.js";
import { Names } from "./decisions/names.js";
import { Trying } from "./decisions/trying.js";
import { ZH } from "./decisions/dmn-words.js";

const PHONE = "(max-width: 800px)";

export async function mount(element) {
  const state = JSON.parse(element.dataset.state);
  if (matchMedia(PHONE).matches) return showOnly(element, state.words.onAPhone);
  const opened = await (await fetch(state.url, { headers: { Accept: "application/xml" } })).text();
  const parts = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  const modeler = new Editor(parts.ground, translator(document.body.dataset.language));
  try {
    await modeler.importXML(opened);
    const lost = losses(opened, (await modeler.saveXML({ format: true })).xml, modeler.moddle);
    if (lost.length) throw Object.assign(new Error(state.words.wouldLose), { lost });
  } catch (error) {
    modeler.destroy();
    return showOnly(element, error.lost ? error.message : state.words.notOpened, error.lost);
  }
  const view = modeler.getViews().find((it) => it.id === state.key);
  await modeler.open(view ?? modeler.getViews()[0]);
  return new Decisions(element, state, modeler, parts, opened).start();
}

// The table to look at, which is on the page already, with the reason why it is no more than that.
function showOnly(element, reason, said = []) {
  const list = said.length ? [tag("ul", { class: "mono" }, ...said.slice(0, 20).map((it) => tag("li", {}, it)))] : [];
  element.querySelector('[data-part="shown"]').prepend(tag("div", { class: "studio-reason", role: "status" }, tag("p", {}, reason), ...list));
  element.classList.add("only-shown");
  document.body.classList.add("studio-shown");
}

function translator(language) {
  return (text, values = {}) => ((language === "zh" && ZH[text]) || text).replace(/{ ?([^} ]+) ?}/g, (_, name) => values[name] ?? `{${name}}`);
}

// Tables and expressions to edit, the graph of what requires what to look at.
class Editor extends EditingManager {
  constructor(container, translate) {
    const one = { additionalModules: [{ translate: ["value", translate] }] };
    super({ container, height: "100%", width: "100%", moddleExtensions: { crossdesk }, drd: one, decisionTable: one, literalExpression: one });
  }

  get moddle() {
    return this._moddle;
  }

  _getViewProviders() {
    const holds = (type) => (element) => is(element, "dmn:Decision") && is(element.decisionLogic, type);
    return [
      { id: "decisionTable", constructor: TableEditor, opens: holds("dmn:DecisionTable") },
      { id: "literalExpression", constructor: ExpressionEditor, opens: holds("dmn:LiteralExpression") },
      { id: "drd", constructor: GraphViewer, opens: "dmn:Definitions" },
    ];
  }
}

class Decisions {
  constructor(element, state, modeler, parts, opened) {
    Object.assign(this, { state, modeler, parts, opened });
    this.marks = new Marks(parts.ground);
    this.drafting = new Drafting(element, state, this);
    this.names = new Names(parts.names, modeler.moddle, state.words, () => this.drafting.changed());
    this.trying = new Trying(parts, state, () => this.xml(), (rules) => this.matched(rules));
  }

  start() {
    const listen = (viewer) => viewer.on("elements.changed", () => this.changed());
    Object.values(this.modeler._viewers).forEach(listen);
    this.modeler.on("viewer.created", ({ viewer }) => listen(viewer));
    this.modeler.on("views.changed", () => this.showViews());
    this.showViews();
    this.trying.start();
    this.drafting.start();
  }

  changed() {
    this.drafting.changed();
    this.names.show(this.modeler.getActiveView()?.element);
  }

  // Which decision of the file is open; a file with one needs no choice.
  showViews() {
    const views = this.modeler.getViews().filter((it) => it.type !== "drd" || it.element.dmnDI);
    const open = this.modeler.getActiveView();
    this.parts.views.hidden = views.length < 3;
    const options = views.map((it) => tag("option", { value: it.id, selected: it.id === open?.id }, it.type === "drd" ? this.state.words.graph : it.name || it.id));
    const choice = tag("select", { "aria-label": this.state.words.views }, ...options);
    choice.addEventListener("change", () => this.modeler.open(views.find((it) => it.id === choice.value)));
    this.parts.views.replaceChildren(choice);
    this.names.show(open?.element);
    this.mark();
  }

  async xml() {
    const { xml } = await this.modeler.saveXML({ format: true });
    return withComments(this.opened, xml);
  }

  // What was typed is in the model a moment after its field was left.
  settle() {
    return new Promise((resolve) => setTimeout(resolve, 0));
  }

  found(problems) {
    const { words } = this.state;
    this.problems = problems;
    const lines = problems.map((it) => this.line(it));
    const title = tag("h2", {}, problems.length ? problems.summary || words.findings : words.nothingFound);
    this.parts.findings.replaceChildren(title, ...(lines.length ? [tag("ul", {}, ...lines)] : []));
    this.parts.findings.dataset.checked = String(problems.length);
    this.mark();
    this.trying.again();
  }

  line(problem) {
    const { words } = this.state;
    const kind = tag("span", { class: `badge ${problem.warning ? "soon" : "late"}` }, problem.warning ? words.warning : words.error);
    const link = tag("button", { type: "button", class: "link" }, problem.text);
    link.addEventListener("click", () => this.marks.show(problem.element));
    return tag("li", {}, kind, " ", link);
  }

  matched(rules) {
    this.rules = rules;
    this.mark();
  }

  // The rules that matched, and the cells that the checks speak of, in the table that is open.
  mark() {
    const logic = this.modeler.getActiveView()?.element.decisionLogic;
    const numbers = this.rules?.[this.modeler.getActiveView()?.id] ?? [];
    const matched = numbers.map((number) => logic?.rule?.[number - 1]?.id).filter(Boolean);
    this.marks.set(matched, this.problems ?? []);
    requestAnimationFrame(() => this.mend());
  }

  // What a screen reader would stumble over: a heading that is empty, and one of a level too low.
  mend() {
    const { ground } = this.parts;
    ground.querySelector("th.index-column")?.setAttribute("role", "presentation");
    for (const heading of ground.querySelectorAll("h3.decision-name, h3.decision-table-name")) heading.setAttribute("aria-level", "2");
  }

  both = async (ground, [theirs, mine]) => {
    ground.innerHTML = await this.trying.ask(this.state.bothUrl, { theirs, mine, basedOn: this.state.basedOn }).then((it) => it.html);
  };
}
