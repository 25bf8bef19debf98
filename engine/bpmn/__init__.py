"""BPMN models: read safely, checked at deployment, laid out when they come without a diagram.

`reader.read_model` gives a `model.Model`, `checks.check` looks at it, `layout.lay_out` draws it.
"""
