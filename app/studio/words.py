"""What the editor says, in the language of the page: the island in the browser has no words of its own."""

from __future__ import annotations

from app.words import gettext


def words() -> dict[str, object]:
    """By the names that the island uses."""
    return {**page_words(), **_panel(), **_people(), **_rules(), "compare": compare_words()}


def compare_words() -> dict[str, object]:
    """What the comparison of two files says; `facts` names what a file says of an element, as the properties panel does."""
    return {
        "added": gettext("Added"),
        "removed": gettext("Removed"),
        "changed": gettext("Changed"),
        "moved": gettext("Only moved"),
        "differences": gettext("What is different"),
        "same": gettext("Nothing is different"),
        "colon": gettext(": "),
        "there": gettext("present"),
        "facts": {
            "@name": gettext("Name (English)"),
            "/crossdesk:translation:zh": gettext("Name (Chinese)"),
            "/bpmn:documentation": gettext("Description"),
            "/bpmn:conditionExpression": gettext("Condition"),
            "@camunda:candidateGroups": gettext("Departments and roles"),
            "@camunda:assignee": gettext("Person"),
            "@camunda:formKey": gettext("Form"),
            "@camunda:decisionRef": gettext("Decision table"),
            "@sourceRef": gettext("From"),
            "@targetRef": gettext("To"),
            "@default": gettext("The way where no other condition holds"),
            "/crossdesk:performer@group": gettext("Department or role"),
            "/crossdesk:deadline@duration": gettext("Time for it"),
            "/crossdesk:outcome@name": gettext("Outcome"),
            "/crossdesk:outcome@kind": gettext("Kind of the outcome"),
            "/crossdesk:field@access": gettext("Field"),
            "/crossdesk:case@subject": gettext("Subject"),
            "/crossdesk:case@owner": gettext("Process owner"),
            "/crossdesk:case@numberPrefix": gettext("Begin of their numbers"),
            "/crossdesk:case@visibility": gettext("Cases are seen by"),
        },
    }


def page_words() -> dict[str, object]:
    """What both editors say: of processes and of decisions."""
    return {
        "diagram": gettext("Diagram of the process"),
        "onAPhone": gettext("On a screen this small the diagram can be looked at. Edit it at a desk."),
        "wouldLose": gettext("This file says something that the editor would lose, so it is only shown. Change it by hand and upload it:"),
        "notSaved": gettext("Not saved yet"),
        "notKept": gettext("It could not be saved. Try again in a moment."),
        "findings": gettext("What the checks say"),
        "colon": gettext(": "),
        "nothingFound": gettext("Nothing stands in the way of publishing"),
        "warning": gettext("Warning"),
        "error": gettext("Error"),
        "conflictTitle": gettext("Somebody was faster"),
        "seeBoth": gettext("See both, side by side"),
        "theirs": gettext("Theirs"),
        "mine": gettext("Mine"),
        "keepMine": gettext("Download mine"),
        "goOn": gettext("Go on drawing"),
        "takeTheirs": gettext("Take theirs"),
        "saveOver": gettext("Save mine over it"),
    }


def _panel() -> dict[str, object]:
    return {
        "element": gettext("Element"),
        "whole": gettext("The whole process"),
        "name": gettext("Name"),
        "nameEn": gettext("Name (English)"),
        "nameZh": gettext("Name (Chinese)"),
        "id": gettext("Id"),
        "nobody": gettext("None"),
        "add": gettext("Add…"),
        "remove": gettext("Remove"),
        "documentation": gettext("Description"),
        "cases": gettext("Cases of this process"),
        "numberPrefix": gettext("Begin of their numbers"),
        "numberPrefixHint": gettext("PA gives PA-2026-0142."),
        "subject": gettext("Subject"),
        "feelHint": gettext("FEEL after “=”, as “= title”."),
        "owner": gettext("Process owner"),
        "seenBy": gettext("Cases are seen by"),
        "seen": {
            "participants": gettext("who took part"),
            "lanes": gettext("departments with a lane"),
            "department": gettext("the department that started it, and those above"),
            "everyone": gettext("everybody"),
        },
    }


def _people() -> dict[str, object]:
    return {
        "who": gettext("Who does it"),
        "laneGroup": gettext("Department or role"),
        "laneHint": gettext("Asked for every task in this lane that names nobody itself."),
        "groups": gettext("Departments and roles"),
        "groupsComputed": gettext("Departments and roles, computed"),
        "groupsHint": gettext("FEEL after “=”, instead of the choice above."),
        "assignee": gettext("Person"),
        "assigneeHint": gettext("A name, or FEEL after “=”, as “= initiator”."),
        "form": gettext("Form"),
        "formKey": gettext("Form"),
        "noForm": gettext("No form"),
        "formAndTime": gettext("Form and time"),
        "deadline": gettext("Time for it"),
        "deadlineHint": gettext(
            "At half time who has it is reminded. At the end their superior may take it over; after half the time again the process owner."
        ),
        "unit": gettext("Counted in"),
        "days": gettext("working days"),
        "hours": gettext("working hours"),
        "outcomes": gettext("Outcomes"),
        "outcome": gettext("Outcome"),
        "addOutcome": gettext("Add an outcome"),
        "removeOutcome": gettext("Remove this outcome"),
        "kind": gettext("Kind"),
        "kinds": {
            "approve": gettext("approves: not by who asked for it"),
            "return": gettext("returns: with a reason"),
            "reject": gettext("rejects: with a reason"),
            "done": gettext("done"),
            "own": gettext("of its own"),
        },
    }


def _rules() -> dict[str, object]:
    return {
        "condition": gettext("Condition"),
        "when": gettext("This way is taken when"),
        "conditionHint": gettext("FEEL, as “amount > 50000”."),
        "isDefault": gettext("This way, where no other condition holds"),
        "decision": gettext("Decision"),
        "decisionTable": gettext("Decision table"),
        "resultVariable": gettext("Variable for the result"),
        "service": gettext("Service"),
        "handler": gettext("What the application does"),
        "connector": gettext("Connector"),
        "connectorHint": gettext("Called in the background, tried again where it fails, at last an incident."),
        "retryCycle": gettext("Tries"),
        "retryCycleHint": gettext("R5/PT5M: five times, each after five minutes; or the waits, as PT10S, PT1M, PT1H."),
        "timer": gettext("Timer"),
        "timerKind": gettext("Kind"),
        "timerKinds": {
            "timeDate": gettext("at a moment"),
            "timeDuration": gettext("after a time"),
            "timeCycle": gettext("again and again"),
        },
        "timerText": gettext("When"),
        "timerHint": gettext("PT2H, 2026-12-24T17:00:00+08:00, R3/PT10H, or FEEL after “=”."),
    }
