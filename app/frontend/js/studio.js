// The studio: a process in the editor of bpmn.io, its properties, what the checks find, and its draft.
import Modeler from "bpmn-js/lib/Modeler";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import zh from "bpmn-js-i18n-zh/lib/bpmn-js";
import crossdesk from "./studio/descriptor.js";
import { Drafting } from "./studio/drafting.js";
import { Findings } from "./studio/findings.js";
import { losses, withComments } from "./studio/keeping.js";
import { Panel } from "./studio/panel.js";
import { tag } from "./studio/fields.js";

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

// The drawing, its properties, and what the checks find in it.
class Studio {
  constructor(element, state, modeler, parts, opened) {
    Object.assign(this, { modeler, opened, words: state.words });
    this.panel = new Panel(modeler, parts.panel, state);
    this.findings = new Findings(modeler, parts.findings, state, (shape) => this.panel.name(shape), (id) => this.panel.choose(id));
    this.drafting = new Drafting(element, state, this);
  }

  start() {
    this.panel.show(null);
    this.showAll();
    this.modeler.get("eventBus").on("commandStack.changed", () => this.drafting.changed());
    this.drafting.start();
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

  async xml() {
    const { xml } = await this.modeler.saveXML({ format: true });
    return withComments(this.opened, xml);
  }

  settle() {
    this.modeler.get("directEditing").complete();
  }

  found(problems) {
    this.findings.show(problems);
  }

  both = async (ground, texts) => {
    const { showBoth } = await import("./compare.js");
    await showBoth(ground, texts, [this.words.theirs, this.words.mine], this.words.compare);
  };
}
