// Which part of a diagram is shown at first: all of it where it can be read so; else the current step with whole lanes around it.
import { lanesOf } from "./diagram-lanes.js";

const READABLE = 0.66; // names of steps are 13 units high
const NEAR = 0.72; // where only the current step fits
const SMALLEST = 0.5;
const LARGEST = 1.15;
const MARGIN = 10;
const BEYOND = 20; // shapes that stand on the edge of a lane reach so far out of it

export function frame(viewer, state, element, { whole }) {
  const canvas = viewer.get("canvas");
  canvas.resized(); // the column of the lanes took its part of the width
  const { outer } = canvas.viewbox();
  const lanes = lanesOf(viewer);
  const all = lanes.length ? boxOf(lanes) : withMargin(contentOf(viewer));
  const fitted = Math.min(outer.width / all.width, outer.height / all.height, LARGEST);
  const isSmall = element.classList.contains("small");
  const steps = currentSteps(viewer, state);
  if (whole || fitted >= READABLE || !steps.length) {
    show(canvas, outer, middle(all), fitted);
    return;
  }
  const focus = boxOf(steps);
  const rows = isSmall ? focus : wholeLanes(lanes, focus, outer.height);
  const fits = Math.min(outer.height / (rows === focus ? focus.height + 60 : rows.height), outer.width / (focus.width + 60));
  const scale = Math.max(SMALLEST, Math.min(fits, isSmall ? READABLE : rows === focus ? NEAR : 1));
  const at = { x: within(middle(focus).x, outer.width / scale, all.x, all.width), y: within(middle(rows).y, outer.height / scale, all.y, all.height) };
  show(canvas, outer, at, scale);
}

function show(canvas, outer, centre, scale) {
  const size = { width: outer.width / scale, height: outer.height / scale };
  canvas.viewbox({ x: centre.x - size.width / 2, y: centre.y - size.height / 2, ...size });
}

// The steps that wait; where none does, the last ones that were done.
function currentSteps(viewer, state) {
  const registry = viewer.get("elementRegistry");
  const shapes = (marks) => marks.map((mark) => registry.get(mark.element)).filter((it) => it && !it.waypoints);
  const waiting = shapes(state.marks.filter((mark) => mark.state !== "done"));
  return waiting.length ? waiting : shapes(state.marks.slice(-1));
}

// The lanes of the current steps, and of their neighbours as many as can be read in this height: none is cut.
function wholeLanes(lanes, focus, height) {
  const meets = (lane) => lane.y < focus.y + focus.height && lane.y + lane.height > focus.y;
  let first = lanes.findIndex(meets);
  if (first < 0) return focus;
  let last = lanes.findLastIndex(meets);
  const top = (from) => lanes[from].y - (from ? BEYOND : 0);
  const tall = (from, to) => lanes[to].y + lanes[to].height + (to < lanes.length - 1 ? BEYOND : 0) - top(from);
  const fits = (from, to) => from >= 0 && to < lanes.length && tall(from, to) * READABLE <= height;
  if (!fits(first, last)) return focus;
  for (;;) {
    if (fits(first - 1, last)) first -= 1;
    else if (fits(first, last + 1)) last += 1;
    else break;
  }
  return { x: focus.x, y: top(first), width: focus.width, height: tall(first, last) };
}

function contentOf(viewer) {
  return boxOf(viewer.get("elementRegistry").filter((it) => it.parent && !it.waypoints));
}

function boxOf(shapes) {
  const x = Math.min(...shapes.map((it) => it.x));
  const y = Math.min(...shapes.map((it) => it.y));
  const right = Math.max(...shapes.map((it) => it.x + it.width));
  const bottom = Math.max(...shapes.map((it) => it.y + it.height));
  return { x, y, width: right - x, height: bottom - y };
}

function withMargin({ x, y, width, height }) {
  return { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}

function middle({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}

// The centre nearest to the wanted one from which nothing beyond the diagram is shown.
function within(centre, length, from, extent) {
  if (length >= extent) return from + extent / 2;
  return Math.min(Math.max(centre, from + length / 2), from + extent - length / 2);
}
