"""The token game: which flow node comes next. The only importer of SpiffWorkflow; no clock, no database.

`compile_process` makes an immutable definition of a model, `TokenGame` moves the tokens of one root instance by one command.
"""

from engine.tokens.definition import CompiledProcess
from engine.tokens.game import TokenGame
from engine.tokens.host import Change, Host
from engine.tokens.parser import compile_process
from engine.tokens.state import BODY, ENDLESS, Scope, ScopeKind, State, Subscription, Token, TokenState, one_less, variable_scopes
from engine.tokens.task import TokenTask

__all__ = [
    "BODY",
    "ENDLESS",
    "Change",
    "CompiledProcess",
    "Host",
    "Scope",
    "ScopeKind",
    "State",
    "Subscription",
    "Token",
    "TokenGame",
    "TokenState",
    "TokenTask",
    "compile_process",
    "one_less",
    "variable_scopes",
]
