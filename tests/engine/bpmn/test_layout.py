"""The diagram of a model that came without one: complete, readable, valid."""

import random
from itertools import combinations, pairwise

import pytest
from lxml import etree

from engine.bpmn.checks import Known, check
from engine.bpmn.layout import has_diagram, lay_out
from engine.bpmn.layout.geometry import Box, label_size
from engine.bpmn.model import Process
from engine.bpmn.names import BPMNDI, DC, DI, EVENTS, SUBPROCESSES, tag
from engine.bpmn.reader import read_model

from .builder import chain, condition, definitions, element, extension, flow, process, straight


class Diagram:
    """What was drawn: boxes of shapes and labels, bends of flows."""

    def __init__(self, data):
        self.data = data
        self.model = read_model(lay_out(read_model(data, "order.bpmn")), "order.bpmn")
        self.shapes = {s.get("bpmnElement"): bounds(s) for s in self.model.tree.iter(tag(BPMNDI, "BPMNShape"))}
        self.edges = {e.get("bpmnElement"): bends(e) for e in self.model.tree.iter(tag(BPMNDI, "BPMNEdge"))}
        drawn = [*self.model.tree.iter(tag(BPMNDI, "BPMNShape"), tag(BPMNDI, "BPMNEdge"))]
        labels = {item.get("bpmnElement"): item.find(tag(BPMNDI, "BPMNLabel")) for item in drawn}
        self.labels = {name: bounds(label) for name, label in labels.items() if label is not None}

    @property
    def processes(self) -> list[Process]:
        """The processes that were drawn."""
        return list(self.model.processes.values())

    def solid(self):
        """The shapes that nothing may run through: all but lanes, pools and what is around others."""
        nodes = [node for found in self.processes for node in found.nodes.values()]
        return {node.id: self.shapes[node.id] for node in nodes if node.type not in SUBPROCESSES and node.attached_to is None}


def bounds(item):
    box = item.find(tag(DC, "Bounds"))
    return Box(*(int(box.get(name)) for name in ("x", "y", "width", "height")))


def bends(item):
    return [(int(point.get("x")), int(point.get("y"))) for point in item.iter(tag(DI, "waypoint"))]


def assert_readable(diagram):
    """Everything is drawn; shapes and labels do not overlap; flows are at right angles, from shape to shape, and touch no other."""
    for found in diagram.processes:
        assert found.nodes.keys() <= diagram.shapes.keys()
        assert found.flows.keys() == diagram.edges.keys() & found.flows.keys()
        for one, other in combinations([n for n in found.nodes.values() if n.attached_to is None], 2):
            if one.scope == other.scope:
                assert not diagram.shapes[one.id].overlaps(diagram.shapes[other.id]), (one.id, other.id)
        tasks = [diagram.shapes[node.id] for node in found.nodes.values() if node.type.endswith("Task")]
        assert all((box.x % 20, box.y % 20) == (0, 0) for box in tasks)
        for node in found.nodes.values():
            if node.scope is not None:
                assert inside(diagram.shapes[node.id], diagram.shapes[node.scope]), node.id
        for arrow in found.flows.values():
            assert_right(diagram, arrow)
    assert_labels(diagram)


def assert_labels(diagram):
    """No label touches another one or a shape."""
    for (one, box), (other, beside) in combinations(diagram.labels.items(), 2):
        assert not box.overlaps(beside), (one, other)
    for name, box in diagram.labels.items():
        for other, shape in diagram.solid().items():
            assert name == other or not box.overlaps(shape), (name, other)


def assert_right(diagram, arrow):
    points = diagram.edges[arrow.id]
    assert on_border(points[0], diagram.shapes[arrow.source]), arrow.id
    assert on_border(points[-1], diagram.shapes[arrow.target]), arrow.id
    for (x, y), (to_x, to_y) in pairwise(points):
        assert (x == to_x) != (y == to_y), (arrow.id, points)
        for name, shape in diagram.solid().items():
            assert not Box.around((x, y), (to_x, to_y)).grown(1).overlaps(shape.grown(-1)), (arrow.id, name)


def inside(box, around):
    return around.x <= box.x and around.y <= box.y and box.right <= around.right and box.bottom <= around.bottom + 18


def on_border(point, box):
    x, y = point
    return (x in {box.x, box.right} and box.y <= y <= box.bottom) or (y in {box.y, box.bottom} and box.x <= x <= box.right)


ROW = definitions(straight(element("userTask", id="a", name="Check"), element("task", id="b"), ids=["a", "b"]))


class TestRow:
    def test_nodes_stand_in_a_straight_row_from_left_to_right(self):
        diagram = Diagram(ROW)
        middles = [diagram.shapes[name].center for name in ("start", "a", "b", "end")]
        assert len({y for _, y in middles}) == 1
        assert [x for x, _ in middles] == sorted(x for x, _ in middles)
        assert all(len(points) == 2 for points in diagram.edges.values())

    def test_tasks_are_100_by_80_on_a_grid_of_20(self):
        box = Diagram(ROW).shapes["a"]
        assert (box.width, box.height, box.x % 20, box.y % 20) == (100, 80, 0, 0)

    def test_the_same_file_gives_the_same_diagram(self):
        assert lay_out(read_model(ROW, "x")) == lay_out(read_model(ROW, "x"))

    def test_the_file_that_comes_out_has_a_diagram_and_no_problem(self):
        assert not has_diagram(read_model(ROW, "x"))
        diagram = Diagram(ROW)
        assert has_diagram(diagram.model)
        assert [p for p in check(diagram.model, Known(strict=False)) if not p.warning] == []

    def test_an_old_diagram_is_replaced(self):
        once = lay_out(read_model(ROW, "x"))
        assert lay_out(read_model(once, "x")) == once

    def test_the_model_that_was_given_is_not_changed(self):
        model = read_model(ROW, "x")
        before = etree.tostring(model.tree)
        lay_out(model)
        assert etree.tostring(model.tree) == before

    def test_a_file_with_a_default_namespace_keeps_it(self):
        data = (
            b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="urn:types" targetNamespace="urn:types">'
            b'<itemDefinition id="i" structureRef="t:order"/><process id="p" isExecutable="true">'
            b'<startEvent id="s"/></process></definitions>'
        )
        assert_readable(Diagram(data))
        assert b'xmlns:t="urn:types"' in lay_out(read_model(data, "x"))


class TestBranches:
    def branching(self, names=("yes", "no", "later"), back=None):
        nodes = [element("startEvent", id="s"), element("exclusiveGateway", id="g", name="Which way?", default="g_0")]
        nodes += [element("userTask", id=f"t{n}", name=f"Task {n}") for n in range(len(names))]
        nodes += [element("exclusiveGateway", id="j", name="Done?"), element("endEvent", id="e", name="All done")]
        flows = [flow("g", f"t{n}", id=f"g_{n}", name=name) + flow(f"t{n}", "j") for n, name in enumerate(names)]
        return definitions(process(*nodes, flow("s", "g"), *flows, flow("j", "e", name="yes"), flow("j", back, name="no") if back else ""))

    def test_branches_stand_below_each_other(self):
        diagram = Diagram(self.branching())
        assert_readable(diagram)
        assert len({diagram.shapes[f"t{n}"].y for n in range(3)}) == 3
        assert len({diagram.shapes[f"t{n}"].x for n in range(3)}) == 1

    def test_the_first_branch_goes_straight_on(self):
        diagram = Diagram(self.branching())
        assert {diagram.shapes[name].center[1] for name in ("s", "g", "t0", "j", "e")} == {diagram.shapes["s"].center[1]}

    def test_a_loop_back_goes_around(self):
        diagram = Diagram(self.branching(back="g"))
        assert_readable(diagram)
        assert len(diagram.edges["j_g"]) >= 4

    def test_a_task_may_loop_to_itself(self):
        assert_readable(
            Diagram(definitions(process(element("startEvent", id="s"), element("task", id="t"), flow("s", "t"), flow("t", "t"))))
        )

    def test_the_names_of_flows_stand_beside_them(self):
        diagram = Diagram(self.branching())
        assert {"g_0", "g_1", "g_2"} <= diagram.labels.keys()

    def test_chinese_names_are_measured_by_their_ideographs(self):
        assert label_size("采购审批采购审批采购审批") == (85, 28)
        assert_readable(Diagram(self.branching(names=("需要采购部和财务部共同审批", "金额超过二十万元的合同", "退回"))))

    def test_crossings_are_few(self):
        """Three parallel branches and their join need no crossing at all."""
        diagram = Diagram(self.branching())
        pieces = [(name, *piece) for name, points in diagram.edges.items() for piece in pairwise(points)]
        crossings = [(one[0], other[0]) for one, other in combinations(pieces, 2) if one[0] != other[0] and crosses(one[1:], other[1:])]
        assert crossings == []


def crosses(one, other):
    """Whether two straight pieces cross in their middles."""
    (ax, ay), (bx, by) = one
    (cx, cy), (_, dy) = other
    if (ay == by) == (cy == dy):
        return False
    if ay != by:
        return crosses(other, one)
    return min(ax, bx) < cx < max(ax, bx) and min(cy, dy) < ay < max(cy, dy)


class TestLanes:
    DATA = definitions(
        process(
            extension(element("crossdesk:translation", language="zh", text="订单")),
            element(
                "laneSet",
                element("lane", *(element("flowNodeRef", name) for name in ("s", "a", "e")), id="sales", name="Sales"),
                element(
                    "lane",
                    element(
                        "childLaneSet",
                        element("lane", element("flowNodeRef", "b"), id="books", name="Books"),
                        element("lane", element("flowNodeRef", "c"), id="cash", name="Cash"),
                    ),
                    id="finance",
                    name="Finance",
                ),
            ),
            element("startEvent", id="s"),
            *(element("userTask", id=name) for name in "abc"),
            element("endEvent", id="e"),
            chain("s", "a", "b", "c", "e"),
            name="Order",
        )
    )

    def test_nodes_stand_in_their_lanes_and_lanes_fill_the_pool(self):
        diagram = Diagram(self.DATA)
        assert_readable(diagram)
        for node in diagram.processes[0].nodes.values():
            assert inside(diagram.shapes[node.id], diagram.shapes[node.lane]), node.id
        pool = diagram.shapes["pool_order"]
        assert diagram.shapes["sales"].height + diagram.shapes["finance"].height == pool.height
        assert diagram.shapes["books"].height + diagram.shapes["cash"].height == diagram.shapes["finance"].height
        assert {diagram.shapes[name].right for name in ("sales", "finance", "books", "cash")} == {pool.right}

    def test_a_pool_is_put_around_lanes_with_the_name_in_both_languages(self):
        (pool,) = Diagram(self.DATA).model.participants
        assert (pool.process, pool.name, pool.translations.get("zh", "")) == ("order", "Order", "订单")

    def test_a_pool_that_is_there_is_kept_and_a_closed_one_is_drawn(self):
        pools = element("participant", id="us", name="Us", processRef="order") + element("participant", id="them", name="Supplier")
        data = self.DATA.replace(b"<bpmn:process", element("collaboration", pools, id="both").encode() + b"<bpmn:process", 1)
        diagram = Diagram(data)
        assert_readable(diagram)
        assert [p.id for p in diagram.model.participants] == ["us", "them"]
        assert not diagram.shapes["us"].overlaps(diagram.shapes["them"])

    def test_nodes_without_a_lane_stand_beside_their_neighbours(self):
        data = self.DATA.replace(b"<bpmn:flowNodeRef>b</bpmn:flowNodeRef>", b"")
        assert_readable(Diagram(data))


class TestSubprocesses:
    def test_a_subprocess_is_drawn_open_around_its_inside(self):
        sub = element("subProcess", element("startEvent", id="in"), element("task", id="t"), chain("in", "t"), id="sub", name="Approvals")
        diagram = Diagram(definitions(straight(sub, ids=["sub"])))
        assert_readable(diagram)
        (shape,) = [s for s in diagram.model.tree.iter(tag(BPMNDI, "BPMNShape")) if s.get("bpmnElement") == "sub"]
        assert shape.get("isExpanded") == "true"

    def test_boundary_events_sit_on_the_border_of_their_host(self):
        timer = element("timerEventDefinition", element("timeDuration", "PT1H"))
        nodes = [element("startEvent", id="s"), element("userTask", id="t", name="Work"), element("endEvent", id="e")]
        nodes += [element("boundaryEvent", timer, id=f"b{n}", name=f"Late {n}", attachedToRef="t") for n in range(3)]
        nodes += [element("endEvent", id=f"e{n}") for n in range(3)]
        diagram = Diagram(definitions(process(*nodes, chain("s", "t", "e"), *(flow(f"b{n}", f"e{n}") for n in range(3)))))
        assert_readable(diagram)
        host = diagram.shapes["t"]
        for n in range(3):
            assert diagram.shapes[f"b{n}"].center[1] in {host.y, host.bottom}
        assert len({diagram.shapes[f"b{n}"] for n in range(3)}) == 3

    def test_an_event_subprocess_stands_below_the_flow(self):
        handler = element(
            "subProcess",
            element("startEvent", id="in", isInterrupting="false"),
            element("endEvent", id="out"),
            chain("in", "out"),
            id="h",
            triggeredByEvent="true",
        )
        diagram = Diagram(definitions(straight(element("task", id="a"), handler, ids=["a"])))
        assert_readable(diagram)
        assert diagram.shapes["h"].y > diagram.shapes["a"].bottom


class TestAnything:
    @pytest.mark.parametrize("seed", range(40))
    def test_a_random_process_is_readable(self, seed):
        """Any graph: every node drawn, no overlap, right angles, no flow through a shape."""
        assert_readable(Diagram(random_process(random.Random(seed))))

    def test_a_process_of_two_hundred_nodes_is_laid_out_in_a_few_seconds(self):
        ids = [f"n{n}" for n in range(200)]
        data = definitions(straight(*(element("task", id=name) for name in ids), ids=ids))
        assert len(Diagram(data).shapes) == 202

    def test_a_broken_model_is_laid_out_as_far_as_it_goes(self):
        data = definitions(
            process(
                element("startEvent", id="s"), flow("s", "gone"), flow("gone", "s"), element("boundaryEvent", id="b", attachedToRef="x")
            )
        )
        assert lay_out(read_model(data, "x"))

    def test_an_empty_process_is_laid_out(self):
        assert lay_out(read_model(definitions(process()), "x"))


def random_process(chance):
    """Ten nodes of all kinds in three lanes or none, connected at random, forwards and back."""
    kinds = ["userTask", "exclusiveGateway", "parallelGateway", "serviceTask", "intermediateThrowEvent"]
    nodes = [(f"n{n}", chance.choice(kinds)) for n in range(10)]
    pairs = {(f"n{n}", f"n{n + 1}") for n in range(9)} | {(f"n{chance.randrange(10)}", f"n{chance.randrange(10)}") for _ in range(5)}
    parts = [element(kind, id=name, name="Name" if kind in EVENTS or chance.random() < 0.5 else None) for name, kind in nodes]
    lanes = ""
    if chance.random() < 0.5:
        of = [chance.randrange(3) for _ in nodes]
        refs = ["".join(element("flowNodeRef", name) for (name, _), lane in zip(nodes, of, strict=True) if lane == n) for n in range(3)]
        lanes = element("laneSet", *(element("lane", refs[n], id=f"lane{n}", name=f"Lane {n}") for n in range(3)))
    flows = [flow(a, b, condition("1 = 1"), name="if so" if chance.random() < 0.3 else None) for a, b in sorted(pairs)]
    return definitions(process(lanes, element("startEvent", id="s"), *parts, flow("s", "n0"), *flows))
