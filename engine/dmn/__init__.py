"""Decisions: tables and expressions of DMN 1.1 to 1.5 on FEEL, compiled once with `compile_dmn`, decided with `DecisionModel.decide`."""

from engine.dmn.decisions import Decision, DecisionModel, DecisionService, InputData
from engine.dmn.hit_policies import Aggregation, HitPolicy
from engine.dmn.messages import MESSAGES, PLACES
from engine.dmn.model import DecisionResult, DecisionTrace
from engine.dmn.reader import compile_dmn
from engine.dmn.schema import Schemas
from engine.dmn.table import DecisionTable
from engine.dmn.words import ColumnWords, DecisionWords

__all__ = [
    "MESSAGES",
    "PLACES",
    "Aggregation",
    "ColumnWords",
    "Decision",
    "DecisionModel",
    "DecisionResult",
    "DecisionService",
    "DecisionTable",
    "DecisionTrace",
    "DecisionWords",
    "HitPolicy",
    "InputData",
    "Schemas",
    "compile_dmn",
]
