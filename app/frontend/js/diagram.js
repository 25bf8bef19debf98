// A process diagram with the way that a case took: done path in the accent, the current step filled, its holder, and time as a badge.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import quietRenderer from "./diagram-drawing.js";
import { frame } from "./diagram-frame.js";
import { showLanes } from "./diagram-lanes.js";
import { addTools, openLarge, watchFingers, words } from "./diagram-tools.js";

const ACCENT = "#0b6e69";
const SOFT = "#e3f1ef";
const INK = "#1d2321";
const PALE = "#a9b0ad";
const PALE_TEXT = "#6b7471";
const FONT = '"Inter Variable", system-ui, "Noto Sans CJK SC", sans-serif';

// How a diagram is shown: `small` beside a task, `large` on the page of a case, `whole` alone or on a page of its own.
export async function mount(element) {
  const state = JSON.parse(element.dataset.state);
  const isPlain = element.dataset.plain === "1";
  const size = ["small", "large", "whole"].find((name) => element.classList.contains(name));
  const isAlone = Boolean(element.closest("dialog"));
  const ground = Object.assign(document.createElement("div"), { className: "diagram-ground" });
  element.append(ground);
  await document.fonts.load(`13px ${FONT}`, "A").catch(() => {}); // names are broken into lines by their measure
  const viewer = new NavigatedViewer({
    container: ground,
    textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: document.body.dataset.language === "zh" ? 12 : 13, lineHeight: 1.18 }, externalStyle: { fontSize: 11.5, lineHeight: 1.15 } },
    bpmnRenderer: { defaultFillColor: "#ffffff", defaultStrokeColor: isPlain ? "#3c4643" : PALE, defaultLabelColor: isPlain ? INK : PALE_TEXT },
    additionalModules: [quietRenderer({ withMarkers: isPlain })],
    zoomScroll: { enabled: isAlone }, // beside a text the wheel moves the page
  });
  viewer.get("eventBus").on("import.parse.complete", ({ definitions }) => definitions && dress(definitions, state));
  try {
    const answer = await fetch(state.url, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(String(answer.status));
    await viewer.importXML(await answer.text());
  } catch (error) {
    const told = error.message === "no diagram to display" ? words().undrawn : `BPMN: ${error.message}`;
    element.replaceChildren(Object.assign(document.createElement("p"), { className: "diagram-failed", textContent: told }));
    return;
  }
  addBadges(viewer, state);
  showLanes(viewer, state, element, { withNames: size !== "small" });
  element.show = (at) => showAgain(viewer, element, state, at);
  element.diagram = viewer;
  if (isAlone) watchFingers(viewer, ground);
  if (size !== "small") addTools(viewer, element, () => frame(viewer, state, element, { whole: true }), !isAlone);
  if (size === "small" || matchMedia("(pointer: coarse)").matches) ground.addEventListener("click", () => isAlone || openLarge(element));
  whenShown(element, () => frame(viewer, state, element, { whole: isPlain }));
  element.dispatchEvent(new CustomEvent("diagram-drawn"));
}

// The same diagram with another way and other marks: how the case stood at another moment.
function showAgain(viewer, element, state, { flows, marks }) {
  Object.assign(state, { flows, marks });
  element.dataset.state = JSON.stringify(state); // it opens large as it stands here
  const registry = viewer.get("elementRegistry");
  const drawing = viewer.get("graphicsFactory");
  const found = marksOf(state);
  for (const shape of registry.filter((it) => it.parent && !it.labelTarget)) {
    unpaint(shape.di);
    dressOne(shape.di, shape.businessObject.id, found);
  }
  registry.forEach((shape, graphics) => shape.parent && drawing.update(shape.waypoints ? "connection" : "shape", shape, graphics));
  viewer.get("overlays").clear();
  addBadges(viewer, state);
}

// Names in the language of the page and the colours of the way, before anything is drawn.
function dress(definitions, state) {
  const found = marksOf(state);
  for (const diagram of definitions.diagrams ?? []) {
    for (const di of diagram.plane?.planeElement ?? []) {
      const element = di.bpmnElement;
      if (!element) continue;
      if (state.names[element.id]) element.name = state.names[element.id];
      dressOne(di, element.id, found);
    }
  }
}

function marksOf(state) {
  return { marks: new Map(state.marks.map((mark) => [mark.element, mark])), flows: new Set(state.flows) };
}

function dressOne(di, id, { marks, flows }) {
  const mark = marks.get(id);
  if (flows.has(id)) paint(di, ACCENT, null, "#5b6461");
  else if (mark?.state === "done") paint(di, ACCENT, di.isExpanded ? "#ffffff" : SOFT, INK);
  else if (mark) paint(di, ACCENT, ACCENT, "#ffffff");
}

const PAINTED = ["color:border-color", "color:background-color"];
const inTheFile = new WeakMap(); // the colours that the model itself has

function unpaint(di) {
  const before = inTheFile.get(di);
  if (!before) return; // never painted
  for (const name of PAINTED) di.set(name, before[name]);
  di.label?.set("color:color", before.text);
}

function paint(di, stroke, fill, text) {
  if (!inTheFile.has(di)) inTheFile.set(di, { ...Object.fromEntries(PAINTED.map((name) => [name, di.get(name)])), text: di.label?.get("color:color") });
  di.set("color:border-color", stroke);
  if (fill) di.set("color:background-color", fill);
  const isOutside = !fill || Boolean(di.label?.bounds); // a name beside the shape stands on the ground of the page
  di.label ??= di.$model.create("bpmndi:BPMNLabel");
  di.label.set("color:color", isOutside && text === "#ffffff" ? INK : text);
}

// The time stands on the upper edge of the step and ends with it, so that it never covers the name of the flow beside it.
function addBadges(viewer, state) {
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const mark of state.marks) {
    const shape = registry.get(mark.element);
    if (!shape || shape.waypoints) continue;
    if (mark.time) overlays.add(mark.element, { position: { top: -11, left: shape.width }, html: label("waiting", mark.time, mark.state), scale: { min: 0.8, max: 1 } });
    const isCovered = shape.attachers?.some((event) => event.y > shape.y + shape.height / 2); // by an event on the lower edge
    const edge = isCovered ? { top: 8 } : { bottom: 18 };
    if (mark.holder && shape.height >= 60) overlays.add(mark.element, { position: { ...edge, left: 0 }, html: label("holder", mark.holder, mark.state), scale: true });
  }
}

function label(kind, text, state) {
  const element = document.createElement("div");
  element.className = `${kind} ${state === "done" ? "" : kind === "holder" ? "current" : state}`;
  element.textContent = text;
  return element;
}

function whenShown(element, act) {
  if (element.clientWidth) {
    act();
    return;
  }
  const observer = new ResizeObserver(() => {
    if (!element.clientWidth) return;
    observer.disconnect();
    act();
  });
  observer.observe(element);
}
