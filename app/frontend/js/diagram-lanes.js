// The lanes of a diagram beside its canvas: the colour of the department, and the name wherever the lane is in view.
const COLOURS = ["#69726f", "#2d6cb3", "#7956bd", "#46782a", "#a8367f", "#a85d17", "#1b7488", "#8a6a00", "#656b78", "#94403a", "#4b5ea8"];
const NAME_HEIGHT = 26; // a lane of which less is in view shows its colour only

// The lanes that hold flow nodes, from top to bottom.
export function lanesOf(viewer) {
  const isLeaf = (lane) => !lane.businessObject.childLaneSet?.lanes?.length;
  return viewer
    .get("elementRegistry")
    .filter((it) => it.type === "bpmn:Lane" && !it.labelTarget && it.isHorizontal !== false && isLeaf(it))
    .sort((one, other) => one.y - other.y);
}

export function showLanes(viewer, state, element, { withNames }) {
  const lanes = lanesOf(viewer);
  if (!lanes.length) return;
  element.classList.add(withNames ? "with-lanes" : "with-marks");
  const strip = Object.assign(document.createElement("div"), { className: "diagram-lanes" });
  const marks = lanes.map((lane) => {
    const mark = Object.assign(document.createElement("div"), { className: "diagram-lane" });
    mark.style.setProperty("--lane", COLOURS[state.lanes?.[lane.id] ?? 0]);
    const name = document.createElement("span");
    name.textContent = withNames ? (lane.businessObject.name ?? "") : "";
    mark.append(name);
    strip.append(mark);
    return mark;
  });
  element.append(strip);
  const canvas = viewer.get("canvas");
  const place = () => {
    const { y, scale, outer } = canvas.viewbox();
    lanes.forEach((lane, at) => {
      const top = Math.max(0, (lane.y - y) * scale);
      const bottom = Math.min(outer.height, (lane.y + lane.height - y) * scale);
      marks[at].hidden = bottom - top < 2;
      marks[at].style.transform = `translateY(${top}px)`;
      marks[at].style.height = `${Math.max(0, bottom - top)}px`;
      marks[at].firstChild.hidden = bottom - top < NAME_HEIGHT;
    });
  };
  viewer.get("eventBus").on("canvas.viewbox.changed", place);
  place();
}
