// What one does with a diagram: zoom by buttons, fingers or the wheel, see all of it, open it large.
const WORDS = {
  zh: { in: "放大", out: "缩小", all: "显示全部", large: "打开大图", close: "关闭", title: "流程图", undrawn: "此流程没有流程图。" },
  en: { in: "Zoom in", out: "Zoom out", all: "Show all", large: "Open large", close: "Close", title: "Diagram", undrawn: "This process has no drawing." },
};
const SIGNS = { in: "M8 3.5v9M3.5 8h9", out: "M3.5 8h9", all: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10", large: "M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9" };
const RANGE = { smallest: 0.2, largest: 4 };

export function words() {
  return WORDS[document.body.dataset.language] ?? WORDS.en;
}

export function addTools(viewer, element, showAll, canOpen) {
  const zoom = viewer.get("zoomScroll");
  const tools = Object.assign(document.createElement("div"), { className: "diagram-tools" });
  const acts = { out: () => zoom.stepZoom(-1), in: () => zoom.stepZoom(1), all: showAll, ...(canOpen ? { large: () => openLarge(element) } : {}) };
  for (const [name, act] of Object.entries(acts)) {
    const button = Object.assign(document.createElement("button"), { type: "button", title: words()[name], ariaLabel: words()[name] });
    button.innerHTML = `<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${SIGNS[name]}"/></svg>`;
    button.addEventListener("click", act);
    tools.append(button);
  }
  element.append(tools);
}

// The same diagram over the whole page. The dialog gives the focus back to where it came from.
export function openLarge(element) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "diagram-dialog", ariaLabel: words().title });
  const title = Object.assign(document.createElement("h2"), { textContent: element.closest("[data-title]")?.dataset.title ?? words().title });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words().close, autofocus: true });
  const head = Object.assign(document.createElement("div"), { className: "diagram-dialog-head" });
  head.append(title, close);
  const large = Object.assign(document.createElement("div"), { className: "diagram whole" });
  Object.assign(large.dataset, { island: "diagram", state: element.dataset.state, ...(element.dataset.plain ? { plain: "1" } : {}) });
  large.setAttribute("role", "group");
  large.setAttribute("aria-label", element.getAttribute("aria-label"));
  dialog.append(head, large);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  large.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // it is mounted as any other island
}

// One finger moves the diagram, two zoom it.
export function watchFingers(viewer, ground) {
  const canvas = viewer.get("canvas");
  const fingers = new Map();
  const spread = () => {
    const [one, other] = [...fingers.values()];
    return { x: (one.x + (other ?? one).x) / 2, y: (one.y + (other ?? one).y) / 2, distance: other ? Math.hypot(one.x - other.x, one.y - other.y) : 0 };
  };
  const lift = (event) => fingers.delete(event.pointerId);
  ground.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  ground.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = spread();
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = spread();
    canvas.scroll({ dx: after.x - before.x, dy: after.y - before.y });
    if (!before.distance || !after.distance) return;
    const corner = ground.getBoundingClientRect();
    const wanted = canvas.zoom() * (after.distance / before.distance);
    canvas.zoom(Math.min(RANGE.largest, Math.max(RANGE.smallest, wanted)), { x: after.x - corner.left, y: after.y - corner.top });
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) ground.addEventListener(name, lift);
}
