"""Writes small DMN files for tests."""

from __future__ import annotations

from collections.abc import Sequence

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*parts: str, namespace: str = NAMESPACE) -> bytes:
    """A DMN file of these parts."""
    return f'<definitions xmlns="{namespace}" id="d" name="file" namespace="n">\n{"".join(parts)}\n</definitions>'.encode()


def escaped(text: str) -> str:
    """Text for XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def table(
    rules: Sequence[Sequence[str]],
    *,
    inputs: Sequence[str] = ("amount",),
    outputs: Sequence[str] = ("level",),
    policy: str = "UNIQUE",
    aggregation: str = "",
    values: Sequence[str] = (),
    defaults: Sequence[str] = (),
    requires: str = "",
    identity: str = "decide",
) -> str:
    """A decision with a table: each rule has its input cells, then its output cells."""
    columns = "".join(f'<input label="{name}"><inputExpression><text>{escaped(name)}</text></inputExpression></input>\n' for name in inputs)
    for index, name in enumerate(outputs):
        listed = f"<outputValues><text>{escaped(values[index])}</text></outputValues>" if values else ""
        default = f"<defaultOutputEntry><text>{escaped(defaults[index])}</text></defaultOutputEntry>" if defaults else ""
        columns += f'<output name="{name}">{listed}{default}</output>\n'
    lines = ""
    for rule in rules:
        cells = [f"<inputEntry><text>{escaped(cell)}</text></inputEntry>" for cell in rule[: len(inputs)]]
        cells += [f"<outputEntry><text>{escaped(cell)}</text></outputEntry>" for cell in rule[len(inputs) :]]
        lines += f"<rule>{''.join(cells)}</rule>\n"
    collect = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decision id="{identity}" name="{identity}">{requires}\n'
        f'<decisionTable hitPolicy="{policy}"{collect}>\n{columns}{lines}</decisionTable></decision>\n'
    )


def literal(identity: str, source: str, requires: str = "", type_ref: str = "") -> str:
    """A decision with a literal expression."""
    variable = f'<variable name="{identity}" typeRef="{type_ref}"/>' if type_ref else ""
    return (
        f'<decision id="{identity}" name="{identity}">{variable}{requires}'
        f"<literalExpression><text>{escaped(source)}</text></literalExpression></decision>\n"
    )


def decision_requirement(identity: str) -> str:
    """A decision is required."""
    return f'<informationRequirement><requiredDecision href="#{identity}"/></informationRequirement>'


def input_requirement(identity: str) -> str:
    """An input is required."""
    return f'<informationRequirement><requiredInput href="#{identity}"/></informationRequirement>'


def knowledge_requirement(identity: str) -> str:
    """A business knowledge model is required."""
    return f'<knowledgeRequirement><requiredKnowledge href="#{identity}"/></knowledgeRequirement>'
