// The studio: a process in the editor of bpmn.io, its properties, what the checks find, and its draft.
import Modeler from "bpmn-js/lib/Modeler";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import zh from "bpmn-js-i18n-zh/lib/bpmn-js";
import crossdesk from "./studio/descriptor.js";
import { Findings } from "./studio/findings.js";
import { losses, withComments } from "./studio/keeping.js";
import { Panel } from "./studio/panel.js";
import { askWhoWins, send } from "./studio/saving.js";
import { tag } from "./studio/fields.js";

const AFTER_A_CHANGE = 700; // milliseconds of quiet before the checks are asked
const FONT = '"Inter Variable", system-ui, "Noto Sans CJK SC", sans-serif';
const PHONE = "(max-width: 800px)";

export async function mount(element) {
  const state = JSON.parse(element.dataset.state);
  if (matchMedia(PHONE).matches) return showOnly(element, state, state.words.onAPhone);
  const answer = await fetch(state.url, { headers: { Accept: "application/xml" } });
  const opened = await answer.text();
  const parts = Object.fromEntries(["ground", "panel", "findings"].map((name) => [name, element.querySelector(`[data-part="${name}"]`)]));
  await document.fonts.load(`13px ${FONT}`, "A").catch(() => {});
  const modeler = new Modeler({
    container: parts.ground,
    moddleExtensions: { camunda, crossdesk },
    textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: 12.5, lineHeight: 1.18 }, externalStyle: { fontSize: 11.5, lineHeight: 1.15 } },
    bpmnRenderer: { defaultFillColor: "#ffffff", defaultStrokeColor: "#3c4643", defaultLabelColor: "#1d2321" },
    additionalModules: [{ translate: ["value", translator(document.body.dataset.language)] }],
  });
  try {
    await modeler.importXML(opened);
    const lost = losses(opened, (await modeler.saveXML({ format: true })).xml, modeler.get("moddle"));
    if (lost.length) throw Object.assign(new Error(state.words.wouldLose), { lost });
  } catch (error) {
    modeler.destroy();
    return showOnly(element, state, error.message, error.lost);
  }
  new Studio(element, state, modeler, parts, opened).start();
}

// The diagram to look at, with the reason why it is no more than that.
async function showOnly(element, state, reason, lost = []) {
  const list = lost.length ? [tag("ul", { class: "mono" }, ...lost.slice(0, 20).map((it) => tag("li", {}, it)))] : [];
  const diagram = tag("div", { class: "diagram whole", role: "group", "aria-label": state.words.diagram });
  Object.assign(diagram.dataset, { plain: "1", state: JSON.stringify({ url: state.url, flows: [], marks: [], names: {}, lanes: {} }) });
  element.classList.add("only-shown");
  element.replaceChildren(tag("div", { class: "studio-reason", role: "status" }, tag("p", {}, reason), ...list), diagram);
  document.body.classList.add("studio-shown");
  const { mount: draw } = await import("./diagram.js");
  await draw(diagram);
}

function translator(language) {
  return (text, values = {}) => ((language === "zh" && zh[text]) || text).replace(/{([^}]+)}/g, (_, name) => values[name] ?? `{${name}}`);
}

class Studio {
  constructor(element, state, modeler, parts, opened) {
    Object.assign(this, { element, state, modeler, parts, opened, isChanged: false, checks: 0 });
    this.panel = new Panel(modeler, parts.panel, state);
    this.findings = new Findings(modeler, parts.findings, state, (shape) => this.panel.name(shape), (id) => this.panel.choose(id));
    this.told = document.querySelector("[data-told]");
    this.buttons = [...document.querySelectorAll("[data-studio]")];
  }

  start() {
    this.panel.show(null);
    this.showAll();
    this.modeler.get("eventBus").on("commandStack.changed", () => this.changed());
    addEventListener("beforeunload", (event) => this.isChanged && event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      document.activeElement?.blur?.(); // a field commits when it is left
      this.save();
    }, true); // a name that is typed on the diagram keeps its keys to itself
    for (const button of this.buttons) {
      button.disabled = button.dataset.studio === "save";
      button.addEventListener("click", (event) => this.press(button, event));
    }
    this.check();
    this.element.dataset.ready = "1";
  }

  // All of it beside the palette, which would cover its begin.
  showAll() {
    const canvas = this.modeler.get("canvas");
    canvas.zoom("fit-viewport", "auto");
    const { inner, outer, scale } = canvas.viewbox();
    const palette = 84;
    canvas.zoom(Math.min(scale, ((outer.width - palette) / outer.width) * scale));
    const now = canvas.viewbox();
    canvas.viewbox({ ...now, x: inner.x - palette / now.scale, y: inner.y + inner.height / 2 - now.height / 2 });
  }

  // What goes on with the saved draft saves it first, and names the one that was saved.
  async press(button, event) {
    if (button.dataset.studio === "save") return this.save();
    if (this.isChanged || !this.state.version) {
      event.preventDefault();
      if (!(await this.save())) return undefined;
      if (button.href) location.assign(button.href);
    }
    if (!button.form) return undefined;
    button.form.elements.version.value = this.state.version;
    if (event.defaultPrevented) button.form.requestSubmit();
    return undefined;
  }

  changed() {
    this.isChanged = true;
    this.told.textContent = this.state.words.notSaved;
    for (const button of this.buttons) button.disabled = false;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.check(), AFTER_A_CHANGE);
  }

  async xml() {
    const { xml } = await this.modeler.saveXML({ format: true });
    return withComments(this.opened, xml);
  }

  async check() {
    const number = ++this.checks;
    const answer = await send(this.state.checkUrl, { xml: await this.xml(), basedOn: this.state.basedOn });
    if (answer.status !== 200 || number !== this.checks) return; // a later one is on its way
    this.findings.show(Object.assign(answer.problems, { summary: answer.summary }));
  }

  async save(over) {
    this.modeler.get("directEditing").complete();
    const xml = await this.xml();
    const version = over ?? this.state.version;
    const answer = await send(this.state.saveUrl, { xml, version, basedOn: this.state.basedOn });
    if (answer.status === 409) {
      const choice = await askWhoWins(this.state.words, answer, xml);
      if (choice === "mine") return this.save(answer.version);
      if (choice === "theirs") {
        this.isChanged = false;
        location.reload();
      }
      return false;
    }
    if (answer.status !== 200) {
      this.told.textContent = answer.message ?? this.state.words.notKept;
      return false;
    }
    this.state.version = answer.version;
    this.isChanged = false;
    this.told.textContent = answer.message;
    for (const button of this.buttons) if (button.dataset.studio === "save") button.disabled = true;
    return true;
  }
}
