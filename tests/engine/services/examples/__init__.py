"""An example for every row of docs/bpmn.md."""

from tests.engine.services.examples import activities, camunda, events, flows, loops
from tests.engine.services.examples.example import Examples

ALL: Examples = {**activities.EXAMPLES, **camunda.EXAMPLES, **loops.EXAMPLES, **events.EXAMPLES, **flows.EXAMPLES}
