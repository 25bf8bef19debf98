// Draws pools and lanes as quiet frames, and in the diagram of a case every task alike: what kind of task it is concerns the analyst.
// The names of lanes stand beside the canvas (diagram-lanes.js), where they stay in view.
import BaseRenderer from "diagram-js/lib/draw/BaseRenderer";
import { append as svgAppend, create as svgCreate } from "tiny-svg";

const PRIORITY = 2000;
const BAND = 30; // where BPMN puts the turned name of a pool
const TASKS = new Set(["bpmn:UserTask", "bpmn:ServiceTask", "bpmn:BusinessRuleTask", "bpmn:ScriptTask", "bpmn:SendTask", "bpmn:ReceiveTask", "bpmn:ManualTask"]);

export default function quietRenderer({ withMarkers }) {
  class Quiet extends BaseRenderer {
    constructor(eventBus, bpmnRenderer) {
      super(eventBus, PRIORITY);
      this.bpmn = bpmnRenderer;
    }

    canRender(element) {
      if (element.labelTarget) return false;
      if (["bpmn:Participant", "bpmn:Lane"].includes(element.type)) return element.isHorizontal !== false;
      return !withMarkers && TASKS.has(element.type);
    }

    drawShape(parent, element) {
      if (TASKS.has(element.type)) return this.bpmn.handlers["bpmn:Task"](parent, element, {});
      const left = element.type === "bpmn:Lane" ? 0 : BAND;
      const frame = svgCreate("rect", { x: left, y: 0, width: element.width - left, height: element.height, fill: "#fff", stroke: "#e6e8e5", "stroke-width": 1 });
      svgAppend(parent, frame);
      return frame;
    }

    getShapePath(element) {
      return this.bpmn.getShapePath(element);
    }
  }
  Quiet.$inject = ["eventBus", "bpmnRenderer"];
  return { __init__: ["quietRenderer"], quietRenderer: ["type", Quiet] };
}
