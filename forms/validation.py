"""Checks what was submitted against the form of the step's version: the server's own reading of what the viewer enforces.

- Unknown keys are refused, so that a typing error in an API client is seen.
- What the step may not write is refused when it differs from what is there, and never written. The viewer sends such fields too,
  unchanged.
- Computed fields are computed again, in decimals; what was posted for them is ignored.
- Fields hidden by a condition are not validated; where the step may write them, they are emptied.
- A field that was not submitted keeps its value, and must have one if it is required.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from engine import Clock, FieldAccess, FieldProblem, InvalidSubmission, ModelFault, ModelProblem
from engine.feel import FeelError
from forms.checks import check_form
from forms.computing import compute
from forms.constraints import Surroundings, faults
from forms.expressions import evaluate, is_expression, time_functions
from forms.messages import problem
from forms.options import Option, OptionSource, no_options, sources_of
from forms.rows import Row, Taken, root_row
from forms.schema import COMPUTED, LIST, Component, FormSchema, read_form
from forms.taking import Taking
from forms.values import to_viewer

Access = Callable[[str], FieldAccess]
WRITABLE = frozenset({FieldAccess.WRITE, FieldAccess.REQUIRED})


@dataclass(frozen=True, slots=True)
class FormValidation:
    """Implements `engine.ports.FormValidator`.

    `options` gives the choices of the server's sources; `zone` is the company's time zone, for dates without one. Expressions may ask
    for `today()` and `now()`.
    """

    clock: Clock
    options: OptionSource = no_options
    zone: tzinfo = UTC

    def check(self, resource: str, form: str) -> list[ModelProblem]:
        """Everything that is wrong with a form that is to be deployed."""
        return check_form(resource, form)

    def validate(self, form: str, submitted: Mapping[str, object], known: Mapping[str, object], access: Access) -> Mapping[str, object]:
        """The values to write, typed.

        Raises `InvalidSubmission` naming each wrong field, `ModelFault` where an expression of the form passes a limit of FEEL.
        """
        check = _Check(self, read_form(form), known, access)
        try:
            values = check.run(submitted)
        except FeelError as error:
            raise ModelFault(f"the form cannot be computed: {error}") from error
        if check.problems:
            raise InvalidSubmission(check.problems)
        return values


class _Check:
    """One submission on its way through the form."""

    def __init__(self, forms: FormValidation, schema: FormSchema, known: Mapping[str, object], access: Access) -> None:
        self.problems: list[FieldProblem] = []
        self._forms = forms
        self._functions = time_functions(forms.clock, forms.zone)
        self._today = forms.clock.now().astimezone(forms.zone).date()
        self._schema = schema
        self._access = access
        hidden = {item.name for item in schema.fields() if access(item.name) is FieldAccess.HIDDEN}
        self._known = {name: value for name, value in known.items() if name not in hidden}
        writable = tuple(item for item in schema.fields() if self._may_write(item.name))
        for source in sources_of(FormSchema(schema.id, writable)):
            self._known[source] = list(forms.options(source))

    def run(self, submitted: Mapping[str, object]) -> dict[str, object]:
        """Take what was submitted, compute, check what is visible, and say what is to be written."""
        row = root_row(self._schema.components, self._context())
        Taking(self._evaluate, self._forms.zone, self._may_write, self.problems).take(row, submitted, self._known)
        compute(row, self._functions)
        self._settle(row)
        return self._written(row)

    def _context(self) -> dict[str, object]:
        """What expressions see: what is known, as the viewer holds it."""
        context = dict(self._known)
        for item in self._schema.fields():
            if item.name in context:
                context[item.name] = to_viewer(item, context[item.name])
        return context

    def _may_write(self, name: str) -> bool:
        return self._access(name) in WRITABLE

    def _evaluate(self, value: object, row: Row) -> object:
        if not isinstance(value, str) or not is_expression(value):
            return value
        return evaluate(value, row.context(), self._functions)

    def _choices(self, source: str) -> Sequence[Option]:
        """The choices of a source, asked for once in a submission."""
        known = self._known.get(source)
        return known if isinstance(known, list) else self._forms.options(source)

    def _hidden(self, taken: Taken, row: Row) -> bool:
        return any(evaluate(condition, row.context(), self._functions) is True for condition in taken.conditions)

    def _settle(self, row: Row) -> None:
        """Check the visible fields, empty the hidden ones, and go into the rows of lists."""
        for taken in row.fields:
            if taken.writable and self._hidden(taken, row):
                taken.hide()
                continue
            if taken.fault is not None:
                self._complain(row, taken.field, taken.fault.code, taken.fault.figures)
            elif taken.field.type != COMPUTED and taken.writable:
                self._check_field(taken, row)
            for inner in taken.rows:
                self._settle(inner)

    def _check_field(self, taken: Taken, row: Row) -> None:
        item = taken.field
        required = item.validate.get("required") is True or self._required_here(row, item)
        if item.type == LIST:
            if required and not taken.rows:
                self._complain(row, item, "required", {})
            return
        around = Surroundings(
            evaluate=lambda value: self._evaluate(value, row),
            today=self._today,
            options=self._choices,
            known=row.context(),
        )
        for fault in faults(item, taken.value, required=required, around=around):
            self._complain(row, item, fault.code, fault.figures)

    def _required_here(self, row: Row, item: Component) -> bool:
        """Whether the step requires the field. A list that must be filled does not make each of its columns required."""
        if self._access(row.path(item.name)) is not FieldAccess.REQUIRED:
            return False
        return row.is_root or self._access(row.prefix.removesuffix(".")) is not FieldAccess.REQUIRED

    def _complain(self, row: Row, item: Component, code: str, figures: Mapping[str, object]) -> None:
        self.problems.append(problem(row.path(item.name), code, item.label, **figures))

    def _written(self, row: Row) -> dict[str, object]:
        written = {item.field.name: item.typed() for item in row.fields if item.writable and item.changed}
        depends = {item.field.name: item.reads for item in row.fields if item.field.type == COMPUTED}
        for name, reads in depends.items():
            if self._may_write(name) or reads & written.keys():
                written[name] = row.typed_computed(name)
        return written
