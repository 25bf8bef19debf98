"""The hand-made cases."""

from tests.tokens.cases import activities, errors, events, gateways, inclusive

ALL = [*gateways.CASES, *inclusive.CASES, *activities.CASES, *events.CASES, *errors.CASES]
