"""The hand-made cases."""

from tests.tokens.cases import activities, counted, errors, events, gateways, inclusive, undoing

ALL = [*gateways.CASES, *inclusive.CASES, *activities.CASES, *events.CASES, *errors.CASES, *undoing.CASES, *counted.CASES]
