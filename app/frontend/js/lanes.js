// Draws pools and lanes quietly: a hairline, the colour of the department at the left edge, the name in the corner, or turned where the
// corner is not free.
import BaseRenderer from "diagram-js/lib/draw/BaseRenderer";
import { append as svgAppend, attr as svgAttr, create as svgCreate } from "tiny-svg";

const PRIORITY = 2000;
const BAND = 30; // where BPMN puts the turned name of a pool
const COLOURS = ["#69726f", "#2d6cb3", "#7956bd", "#46782a", "#a8367f", "#a85d17", "#1b7488", "#8a6a00", "#656b78", "#94403a", "#4b5ea8"];

export default function laneRenderer(colours, crowded) {
  class Lanes extends BaseRenderer {
    constructor(eventBus) {
      super(eventBus, PRIORITY);
    }

    canRender(element) {
      return ["bpmn:Participant", "bpmn:Lane"].includes(element.type) && !element.labelTarget && element.isHorizontal !== false;
    }

    drawShape(parent, element) {
      const isLane = element.type === "bpmn:Lane";
      const left = isLane ? 0 : BAND;
      const frame = svgCreate("rect", { x: left, y: 0, width: element.width - left, height: element.height, fill: "#fff", stroke: "#e0e3e0", "stroke-width": 1 });
      svgAppend(parent, frame);
      if (isLane) {
        svgAppend(parent, svgCreate("rect", { x: 0, y: 0.5, width: 5, height: element.height - 1, fill: COLOURS[colours[element.id] ?? 0] }));
        const isTurned = crowded.has(element.id);
        this.write(parent, element.businessObject.name ?? "", isTurned ? { x: 20, y: element.height / 2, turned: true } : { x: 16, y: 20 });
      }
      return frame;
    }

    write(parent, name, { x, y, turned = false }) {
      const text = svgCreate("text", { x, y, fill: "#5b6461", "font-size": 12 });
      if (turned) svgAttr(text, { transform: `rotate(-90 ${x} ${y})`, "text-anchor": "middle" });
      svgAttr(text, { "pointer-events": "none" });
      text.textContent = name;
      svgAppend(parent, text);
    }
  }
  Lanes.$inject = ["eventBus"];
  return { __init__: ["crossdeskLanes"], crossdeskLanes: ["type", Lanes] };
}
