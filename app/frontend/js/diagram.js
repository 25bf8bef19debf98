// A process diagram with the way that a case took: done path in the accent, the current step filled, its holder, and time as a badge.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import laneRenderer from "./lanes.js";

const ACCENT = "#0b6e69";
const SOFT = "#e3f1ef";
const INK = "#1d2321";
const PALE = "#a9b0ad";
const PALE_TEXT = "#6b7471";
const SMALLEST = 0.42;
const LARGEST = 1.1;

export async function mount(element) {
  const state = JSON.parse(element.dataset.state);
  const overview = element.dataset.plain === "1";
  const crowded = new Set(); // lanes whose corner is not free for their name
  const viewer = new NavigatedViewer({
    container: element,
    textRenderer: { defaultStyle: { fontFamily: '"Inter Variable", system-ui, "Noto Sans CJK SC", sans-serif', fontSize: 12 }, externalStyle: { fontSize: 11 } },
    bpmnRenderer: { defaultFillColor: "#ffffff", defaultStrokeColor: overview ? "#3c4643" : PALE, defaultLabelColor: overview ? INK : PALE_TEXT },
    additionalModules: [laneRenderer(state.lanes ?? {}, crowded)],
  });
  viewer.get("eventBus").on("import.parse.complete", ({ definitions }) => {
    if (!definitions) return;
    findCrowdedLanes(definitions, crowded);
    dress(definitions, state);
  });
  try {
    const answer = await fetch(state.url, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(String(answer.status));
    await viewer.importXML(await answer.text());
  } catch (error) {
    element.replaceChildren(Object.assign(document.createElement("p"), { className: "diagram-failed", textContent: `BPMN: ${error.message}` }));
    return;
  }
  addBadges(viewer, state);
  whenShown(element, () => look(viewer, state, element));
  if (element.classList.contains("large") || element.classList.contains("whole")) addTools(viewer, element);
  else viewer.get("zoomScroll").toggle(false); // a small diagram beside a text must not catch the wheel
}

const CORNER = { width: 120, height: 30 };

function findCrowdedLanes(definitions, crowded) {
  const shapes = (definitions.diagrams ?? []).flatMap((diagram) => diagram.plane?.planeElement ?? []).filter((di) => di.bounds && di.bpmnElement);
  const containers = ["bpmn:Lane", "bpmn:Participant"];
  for (const lane of shapes.filter((di) => di.bpmnElement.$type === "bpmn:Lane")) {
    const { x, y } = lane.bounds;
    const meets = ({ bounds }) => bounds.x < x + CORNER.width && bounds.x + bounds.width > x && bounds.y < y + CORNER.height && bounds.y + bounds.height > y;
    if (shapes.some((di) => !containers.includes(di.bpmnElement.$type) && meets(di))) crowded.add(lane.bpmnElement.id);
  }
}

// Names in the language of the page and the colours of the way, before anything is drawn.
function dress(definitions, state) {
  const marks = new Map(state.marks.map((mark) => [mark.element, mark]));
  const flows = new Set(state.flows);
  for (const diagram of definitions.diagrams ?? []) {
    for (const di of diagram.plane?.planeElement ?? []) {
      const element = di.bpmnElement;
      if (!element) continue;
      if (state.names[element.id]) element.name = state.names[element.id];
      const mark = marks.get(element.id);
      if (flows.has(element.id)) paint(di, ACCENT, null, "#5b6461");
      else if (mark?.state === "done") paint(di, ACCENT, di.isExpanded ? "#ffffff" : SOFT, INK);
      else if (mark) paint(di, ACCENT, ACCENT, "#ffffff");
    }
  }
}

function paint(di, stroke, fill, text) {
  di.set("color:border-color", stroke);
  if (fill) di.set("color:background-color", fill);
  const isOutside = !fill || Boolean(di.label?.bounds); // a name beside the shape stands on the ground of the page
  di.label ??= di.$model.create("bpmndi:BPMNLabel");
  di.label.set("color:color", isOutside && text === "#ffffff" ? INK : text);
}

function addBadges(viewer, state) {
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const mark of state.marks) {
    const shape = registry.get(mark.element);
    if (!shape || shape.waypoints) continue;
    if (mark.time) overlays.add(mark.element, { position: { top: -9, left: shape.width }, html: label("waiting", mark.time, mark.state), scale: { min: 0.8, max: 1 } });
    if (mark.holder && shape.height >= 60) overlays.add(mark.element, { position: { bottom: 20, left: 0 }, html: label("holder", mark.holder, mark.state), scale: true });
  }
}

function label(kind, text, state) {
  const element = document.createElement("div");
  element.className = `${kind} ${state === "done" ? "" : kind === "holder" ? "current" : state}`;
  element.textContent = text;
  return element;
}

// Small: what is going on now, legible. Large: everything, as large as it goes.
function look(viewer, state, element) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const fitted = Math.min(canvas.zoom(), LARGEST);
  canvas.zoom(fitted, "auto");
  if (fitted >= SMALLEST) return;
  const registry = viewer.get("elementRegistry");
  const shapes = state.marks.filter((mark) => mark.state !== "done").map((mark) => registry.get(mark.element)).filter(Boolean);
  const last = shapes.length ? shapes : state.marks.slice(-1).map((mark) => registry.get(mark.element)).filter(Boolean);
  if (!last.length) return;
  const scale = element.classList.contains("small") ? SMALLEST + 0.08 : Math.max(fitted, SMALLEST);
  const box = { x: Math.min(...last.map((s) => s.x)), y: Math.min(...last.map((s) => s.y)) };
  const far = { x: Math.max(...last.map((s) => s.x + s.width)), y: Math.max(...last.map((s) => s.y + s.height)) };
  const size = { width: element.clientWidth / scale, height: element.clientHeight / scale };
  const all = canvas.viewbox().inner;
  const within = (middle, length, from, extent) =>
    length < extent ? Math.max(from - 8, Math.min(middle - length / 2, from + extent + 8 - length)) : from + (extent - length) / 2;
  const x = within((box.x + far.x) / 2, size.width, all.x, all.width);
  const y = within((box.y + far.y) / 2, size.height, all.y, all.height);
  canvas.viewbox({ x, y, ...size });
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

function addTools(viewer, element) {
  const words = document.body.dataset.language === "zh" ? ["放大", "缩小", "全部"] : ["Zoom in", "Zoom out", "Show all"];
  const tools = document.createElement("div");
  tools.className = "diagram-tools";
  [["+", () => viewer.get("zoomScroll").stepZoom(1)], ["−", () => viewer.get("zoomScroll").stepZoom(-1)], ["⤢", () => viewer.get("canvas").zoom("fit-viewport", "auto")]].forEach(
    ([sign, act], index) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: words[index], ariaLabel: words[index] });
      button.addEventListener("click", act);
      tools.append(button);
    },
  );
  element.append(tools);
}
