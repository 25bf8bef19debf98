"""Everything that the deployment checks say, by the key of a problem: its `text`, else its code. Whoever shows it may translate it."""

from __future__ import annotations

from typing import Final

from engine.bpmn.checks import MESSAGES as CHECKS
from engine.bpmn.xml import XML_MESSAGES
from engine.dmn import MESSAGES as DECISIONS
from engine.services.deployable import FILE_MESSAGES
from engine.tokens.parser import COMPILING

MESSAGES: Final = {**CHECKS, **DECISIONS, **XML_MESSAGES, **FILE_MESSAGES, **COMPILING}
