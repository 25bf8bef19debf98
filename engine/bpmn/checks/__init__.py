"""The deployment checks: everything that is wrong with a model is found before it runs, with element, line and advice.

`check` looks at one file, `call_cycles` at the processes that call each other. What a message says stands in `messages.MESSAGES`, by the
stable code of the problem, so that it can be translated with the problem's `details`.
"""

from engine.bpmn.checks.calls import call_cycles
from engine.bpmn.checks.catalogue import Catalogue, Known
from engine.bpmn.checks.check import check
from engine.bpmn.checks.expressions import ENGINE_FUNCTIONS, known_names
from engine.bpmn.checks.messages import MESSAGES
from engine.bpmn.checks.translations import untranslated

__all__ = ["ENGINE_FUNCTIONS", "MESSAGES", "Catalogue", "Known", "call_cycles", "check", "known_names", "untranslated"]
