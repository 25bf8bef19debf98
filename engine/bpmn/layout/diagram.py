"""Writes BPMN Diagram Interchange (BPMN 2.0, 12) for the executable processes of a file."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from lxml import etree

from engine.bpmn.layout.geometry import HEADER, Box, Drawing, Point, snap
from engine.bpmn.layout.scopes import lay_out_scope
from engine.bpmn.model import Model, Participant, Process
from engine.bpmn.names import BPMNDI, CROSSDESK, DC, DI, SUBPROCESSES, Element, bpmn, children, extensions, tag

ORIGIN: Final = (160, 80)
SPACE: Final = 60  # between pools
CLOSED_POOL: Final = 60
NAMESPACES: Final = {"bpmndi": BPMNDI, "dc": DC, "di": DI}


def has_diagram(model: Model) -> bool:
    """Whether a file draws at least one of its elements."""
    return next(model.tree.iter(tag(BPMNDI, "BPMNShape")), None) is not None


def lay_out(model: Model) -> bytes:
    """The file with a new diagram in place of any old one.

    A process with lanes gets a pool around it if it has none: lanes are drawn in pools. Message flows, data and annotations are not
    drawn. The ids that the reader gave to flows are in the file that comes out.
    """
    root = deepcopy(model.tree)
    for old in list(children_of(root, BPMNDI, "BPMNDiagram")):
        root.remove(old)
    participants = list(model.participants) or _new_pool(root, model)
    writer = _Writer(root, model)
    pools = {pool.process: pool for pool in participants if pool.process in model.processes}
    if participants:
        plane = writer.plane(_collaboration_id(root))
        at = ORIGIN
        for pool in participants:
            process = model.processes.get(pool.process or "")
            at = writer.closed_pool(plane, pool, at) if process is None else writer.pool(plane, pool, process, at)
    for process in model.processes.values():
        if process.id not in pools:
            drawing = lay_out_scope(process, None, [], {})
            writer.draw(writer.plane(process.id), process, drawing, ORIGIN)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def children_of(element: Element, namespace: str, name: str) -> list[Element]:
    """The elements of that name directly inside."""
    return [item for item in element if item.tag == tag(namespace, name)]


@dataclass(slots=True)
class Lanes:
    """The lanes of a process: the innermost ones from top to bottom, and for every lane its depth and the innermost ones in it."""

    leaves: list[str] = field(default_factory=list)
    depth: dict[str, int] = field(default_factory=dict)
    inside: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element, process: Process) -> Lanes:
        """Read from the tree, where they are nested."""
        found = cls()
        element = next(item for item in children(root, "process") if item.get("id") == process.id)
        for lane_set in children(element, "laneSet"):
            found._walk(lane_set, 1)
        return found

    def _walk(self, lane_set: Element, depth: int) -> list[str]:
        seen: list[str] = []
        for lane in children(lane_set, "lane"):
            name = lane.get("id", "")
            self.depth[name] = depth
            inner = [leaf for inner_set in children(lane, "childLaneSet") for leaf in self._walk(inner_set, depth + 1)]
            if not inner:
                self.leaves.append(name)
                inner = [name]
            self.inside[name] = inner
            seen += inner
        return seen

    def rows(self, process: Process) -> dict[str, int]:
        """The index of the innermost lane of each outer node; a node without a lane is in that of a neighbour, or in the first."""
        found = {node.id: self.leaves.index(self.inside[node.lane][0]) for node in process.children(None) if node.lane in self.inside}
        for node in process.children(None):
            if node.id not in found:
                near = [process.flows[name].source for name in node.incoming] + [process.flows[name].target for name in node.outgoing]
                found[node.id] = next((found[name] for name in near if name in found), 0)
        return found


def _collaboration_id(root: Element) -> str:
    return next(children(root, "collaboration")).get("id", "")


def _new_pool(root: Element, model: Model) -> list[Participant]:
    """A pool around the process with lanes, where the file has no collaboration. It has the name of the process, translations too."""
    with_lanes = [process for process in model.processes.values() if Lanes.of(root, process).leaves]
    if not with_lanes or model.collaboration is not None:
        return []
    taken = {item.get("id") for item in root.iter(etree.Element)}
    collaboration = etree.Element(bpmn("collaboration"), id=_free(f"collaboration_{with_lanes[0].id}", taken))
    pools: list[Participant] = []
    for process in with_lanes:
        name = _free(f"pool_{process.id}", taken)
        pool = etree.SubElement(collaboration, bpmn("participant"), id=name, name=process.name, processRef=process.id)
        element = next(item for item in children(root, "process") if item.get("id") == process.id)
        translations = extensions(element, CROSSDESK, "translation")
        if translations:
            etree.SubElement(pool, bpmn("extensionElements")).extend(deepcopy(item) for item in translations)
        pools.append(Participant(name, process.name, process.line, process.id))
    first = next(children(root, "process"))
    first.addprevious(collaboration)
    return pools


def _free(name: str, taken: set[str | None]) -> str:
    return name if name not in taken else next(f"{name}_{n}" for n in count(2) if f"{name}_{n}" not in taken)


class _Writer:
    """Appends diagrams to a file."""

    def __init__(self, root: Element, model: Model) -> None:
        self._root = root
        self._model = model
        self._taken = {item.get("id") for item in root.iter(etree.Element)}

    def plane(self, element: str) -> Element:
        """A new diagram of a process or collaboration."""
        diagram = etree.SubElement(self._root, tag(BPMNDI, "BPMNDiagram"), nsmap=NAMESPACES, id=self._id(f"diagram_{element}"))
        return etree.SubElement(diagram, tag(BPMNDI, "BPMNPlane"), id=self._id(f"plane_{element}"), bpmnElement=element)

    def closed_pool(self, plane: Element, pool: Participant, at: Point) -> Point:
        """A partner whose process is not shown; gives the place for the next pool."""
        self._shape(plane, pool.id, Box(*at, 600, CLOSED_POOL), isHorizontal="true")
        return at[0], at[1] + CLOSED_POOL + SPACE

    def pool(self, plane: Element, pool: Participant, process: Process, at: Point) -> Point:
        """A pool with its process; gives the place for the next pool."""
        lanes = Lanes.of(self._root, process)
        drawing = lay_out_scope(process, None, lanes.leaves, lanes.rows(process) if lanes.leaves else {})
        header = snap(HEADER * (1 + max(lanes.depth.values(), default=0)))
        self._shape(plane, pool.id, Box(*at, drawing.width + header, drawing.height), isHorizontal="true")
        for name, depth in lanes.depth.items():
            boxes = [drawing.lanes[leaf] for leaf in lanes.inside[name]]
            top, bottom = min(box.y for box in boxes), max(box.bottom for box in boxes)
            box = Box(at[0] + HEADER * depth, at[1] + top, drawing.width + header - HEADER * depth, bottom - top)
            self._shape(plane, name, box, isHorizontal="true")
        self.draw(plane, process, drawing, (at[0] + header, at[1]))
        return at[0], at[1] + drawing.height + SPACE

    def draw(self, plane: Element, process: Process, drawing: Drawing, at: Point) -> None:
        """The nodes and flows of a drawing, outer ones first."""
        placed = Drawing()
        placed.add(drawing, at)
        for node in process.nodes.values():
            if node.id in placed.shapes:
                said = {"isExpanded": "true"} if node.type in SUBPROCESSES else {}
                said |= {"isMarkerVisible": "true"} if node.type == "exclusiveGateway" else {}
                self._label(self._shape(plane, node.id, placed.shapes[node.id], **said), placed.labels.get(node.id))
        for flow, points in placed.edges.items():
            edge = etree.SubElement(plane, tag(BPMNDI, "BPMNEdge"), id=self._id(f"{flow}_di"), bpmnElement=flow)
            for x, y in points:
                etree.SubElement(edge, tag(DI, "waypoint"), x=str(x), y=str(y))
            self._label(edge, placed.labels.get(flow))

    def _shape(self, plane: Element, element: str, box: Box, **said: str) -> Element:
        shape = etree.SubElement(plane, tag(BPMNDI, "BPMNShape"), id=self._id(f"{element}_di"), bpmnElement=element)
        for name, value in said.items():
            shape.set(name, value)
        _bounds(shape, box)
        return shape

    def _label(self, drawn: Element, box: Box | None) -> None:
        if box is not None:
            _bounds(etree.SubElement(drawn, tag(BPMNDI, "BPMNLabel")), box)

    def _id(self, name: str) -> str:
        free = _free(name, self._taken)
        self._taken.add(free)
        return free


def _bounds(holder: Element, box: Box) -> None:
    said = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(holder, tag(DC, "Bounds"), {name: str(value) for name, value in said.items()})
