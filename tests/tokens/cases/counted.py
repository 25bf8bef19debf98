"""Completion conditions of multi-instance activities (BPMN 2.0, 13.3.7), and signals within one case (10.5.5)."""

from tests.tokens.case import Case

DONE = [
    Case(
        "when enough instances have completed the others are cancelled",
        "13.3.7",
        """
        start s
        user a parallel 3 until nrOfCompletedInstances >= 2
        user b
        s -> a -> b
        """,
        """
        start: a a a
        complete a: a a
        complete a: b
        """,
    ),
    Case(
        "when enough instances of a sequence have completed no further one begins",
        "13.3.7",
        """
        start s
        user a sequential 3 until loopCounter = 1
        user b
        s -> a -> b
        """,
        """
        start: a
        complete a: a
        complete a: b
        """,
    ),
    Case(
        "the condition sees how many are still active",
        "13.3.7",
        """
        start s
        user a parallel 3 until nrOfActiveInstances = 1
        user b
        s -> a -> b
        """,
        """
        start: a a a
        complete a: a a
        complete a: b
        """,
    ),
    Case(
        "an instance that fails and is caught by nobody counts",
        "engine",
        """
        start s
        user a parallel 3 until nrOfCompletedInstances >= 2
        user b
        s -> a -> b
        """,
        """
        start: a a a
        throw a E1: a a
        complete a: b
        """,
    ),
    Case(
        "cancelled instances leave nothing to undo",
        "13.5.5",
        """
        start s
        user a parallel 3 until nrOfCompletedInstances >= 1
        undo x of a
        compensate-end all
        s -> a -> all
        """,
        """
        start: a a a
        complete a: x
        complete x: ended
        """,
    ),
]

SIGNALS = [
    Case(
        "a signal reaches everybody who waits for it, and the thrower goes on",
        "10.5.5",
        """
        start s
        and fork
        user a b c d
        catch one signal X
        catch two signal X
        signal x X
        s -> fork -> a, one, two
        a -> x -> b
        one -> c
        two -> d
        """,
        """
        start: a one two | one two
        complete a: b c d |
        """,
    ),
    Case(
        "who is ended by the first to get a signal gets nothing",
        "10.5.5",
        """
        start s
        and fork
        user a b
        sub u:
            user c d
            catch one signal X
            and more
            more -> c, one
            one -> d
        boundary out on u signal X
        signal x X
        s -> fork -> a, u
        a -> x
        out -> b
        """,
        """
        start: a c one | one out
        complete a: b |
        """,
    ),
    Case(
        "a thrower that its own signal interrupts goes no further",
        "10.5.5",
        """
        start s
        sub u:
            user a b
            signal x X
            a -> x -> b
        boundary out on u signal X
        user c
        s -> u
        out -> c
        """,
        """
        start: a | out
        complete a: c |
        """,
    ),
    Case(
        "who throws goes on before those who catch it begin",
        "engine",
        """
        start s
        and fork
        user a b c
        boundary each on a signal X aside
        signal x X
        terminate stop
        s -> fork -> a, b
        b -> x -> stop
        each -> c
        """,
        """
        start: a b | each
        complete b: ended
        """,
    ),
    Case(
        "what waits for a signal aside catches it as often as it comes",
        "13.5.3",
        """
        start s
        and fork
        user a c
        boundary each on a signal X aside
        user b
        signal-end x X
        s -> fork -> a, b
        b -> x
        each -> c
        """,
        """
        start: a b | each
        signal each: a b c | each
        complete b: a c c | each
        """,
    ),
]

CASES = [*DONE, *SIGNALS]
