"""Lays out processes that come without a diagram: left to right, lanes as rows, flows at right angles.

`lay_out` gives the file back with BPMN Diagram Interchange in it. Shapes stand on a grid of 20 px; flows are routed around them.
"""

from engine.bpmn.layout.diagram import has_diagram, lay_out

__all__ = ["has_diagram", "lay_out"]
