"""Sequence flows and gateways: BPMN 2.0, 13.3.1, 13.3.3 and 13.4."""

from tests.tokens.case import Case

FLOWS = [
    Case(
        "an activity with several outgoing flows forks",
        "13.3.1",
        """
        start s
        user a b c
        s -> a -> b, c
        """,
        """
        start: a
        complete a: b c
        complete b: c
        complete c: ended
        """,
    ),
    Case(
        "an activity takes every conditional flow that is true, and the others not",
        "13.3.1",
        """
        start s
        user a b c d
        s -> a
        a -> b if b1
        a -> c if b2
        a -> d default
        """,
        """
        start: a
        complete a b1 b2: b c
        complete b: c
        """,
    ),
    Case(
        "an activity takes its default flow when no condition is true",
        "13.3.1",
        """
        start s
        user a b d
        s -> a
        a -> b if b1
        a -> d default
        """,
        """
        start: a
        complete a !b1: d
        """,
    ),
    Case(
        "an unconditioned flow out of an activity is taken beside a true condition, and then the default is not",
        "13.3.1",
        """
        start s
        user a b c d
        s -> a -> c
        a -> b if b1
        a -> d default
        """,
        """
        start: a
        complete a !b1: c
        """,
    ),
    Case(
        "a token that can go nowhere is a fault and changes nothing",
        "13.4.2",
        """
        start s
        user a b
        s -> a
        a -> b if b1
        """,
        """
        start: a
        complete a !b1: fault
        complete a b1: b
        """,
    ),
    Case(
        "two flows into an activity start it twice",
        "13.3.1",
        """
        start s
        and fork
        user a b c
        s -> fork -> a, b -> c
        """,
        """
        start: a b
        complete a: b c
        complete b: c c
        complete c: c
        complete c: ended
        """,
    ),
    Case(
        "a path ends at an activity without outgoing flow",
        "13.3.1",
        """
        start s
        user a b
        s -> a, b
        """,
        """
        start: a b
        complete a: b
        complete b: ended
        """,
    ),
    Case(
        "two flows between the same two activities are two paths",
        "13.3.1",
        """
        start s
        user a b
        s -> a -> b
        a -> b
        """,
        """
        start: a
        complete a: b b
        """,
    ),
    Case(
        "a process without a start event begins at every node that nothing leads to",
        "10.3.5",
        """
        user a b c
        boundary late on a timer
        a, b, late -> c
        """,
        """
        start: a b
        timer late: b c
        complete b: c c
        """,
    ),
    Case(
        "elements may be called Start and End",
        "engine",
        """
        start Start
        user Root
        end End
        Start -> Root -> End
        """,
        """
        start: Root
        complete Root: ended
        """,
    ),
    Case(
        "flows without an id lead on, two between the same nodes too",
        "engine",
        """
        start s
        and fork join
        user a b c
        s -> fork unnamed
        fork -> a, b unnamed
        a, b -> join unnamed
        fork -> join unnamed
        fork -> join unnamed
        join -> c unnamed
        """,
        """
        start: a b
        complete a: b
        complete b: c
        """,
    ),
    Case(
        "a task that leads back to itself waits again each time",
        "engine",
        """
        start s
        user a b
        s -> a
        a -> a if again
        a -> b default
        """,
        """
        start: a
        complete a again: a
        complete a again: a
        complete a !again: b
        """,
    ),
    Case(
        "a loop that never waits exceeds the budget of the step",
        "engine",
        """
        start s
        user a
        manual round
        s -> a -> round -> round
        """,
        """
        start: a
        complete a: fault
        """,
    ),
    Case(
        "tokens that multiply without end exceed the budget of the step",
        "engine",
        """
        start s
        user a
        xor m
        and double
        s -> a -> m -> double -> m
        double -> m
        """,
        """
        start: a
        complete a: fault
        """,
    ),
]

EXCLUSIVE = [
    Case(
        "an exclusive gateway takes the first true flow in document order",
        "13.4.2",
        """
        start s
        xor x
        user t a b c
        s -> t -> x
        x -> a if b1
        x -> b if b2
        x -> c default
        """,
        """
        start: t
        complete t b1 b2: a
        """,
    ),
    Case(
        "an exclusive gateway takes its default only when nothing else is true, wherever it stands",
        "13.4.2",
        """
        start s
        xor x
        user t a b
        s -> t -> x
        x -> a default
        x -> b if b2
        """,
        """
        start: t
        complete t b2: b
        """,
    ),
    Case(
        "an exclusive gateway without a true flow and without a default is a fault and changes nothing",
        "13.4.2",
        """
        start s
        xor x
        and fork
        user t a b other
        s -> fork -> other, t
        t -> x
        x -> a if pick = 1
        x -> b if pick = 2
        """,
        """
        start: other t
        complete t pick=0: fault
        complete t pick=2: b other
        """,
    ),
    Case(
        "an exclusive gateway lets every arriving token through",
        "13.4.2",
        """
        start s
        and fork
        xor merge
        user a b c
        s -> fork -> a, b -> merge -> c
        """,
        """
        start: a b
        complete a: b c
        complete b: c c
        """,
    ),
]

PARALLEL = [
    Case(
        "a parallel gateway forks, and joins when every flow has brought its token",
        "13.4.1",
        """
        start s
        and fork join
        user a b c d
        s -> fork -> a, b, c -> join -> d
        """,
        """
        start: a b c
        complete c: a b
        complete a: b
        complete b: d
        complete d: ended
        """,
    ),
    Case(
        "a second token on the same flow does not stand in for the one that is missing",
        "13.4.1",
        """
        start s
        and fork join
        xor m
        user a b c d
        s -> fork -> a, b, c
        a, b -> m -> join
        c -> join -> d
        """,
        """
        start: a b c
        complete a: b c
        complete b: c
        complete c: d
        """,
    ),
    Case(
        "a parallel join takes one token of each flow and leaves what is more",
        "13.4.1",
        """
        start s
        and fork join
        xor m n
        user a b c d e
        s -> fork -> a, b, c, d
        a, b -> m -> join
        c, d -> n -> join -> e
        """,
        """
        start: a b c d
        complete a: b c d
        complete b: c d
        complete c: d e
        complete e: d
        complete d: e
        complete e: ended
        """,
    ),
    Case(
        "what is left at a join keeps the process open",
        "13.4.1",
        """
        start s
        xor x
        and join
        user t a b c
        s -> t -> x
        x -> a if b1
        x -> b default
        a, b -> join -> c
        """,
        """
        start: t
        complete t b1: a
        complete a:
        """,
    ),
    Case(
        "two flows from the same gateway are two tokens for the join",
        "13.4.1",
        """
        start s
        user t a
        and fork join
        s -> t -> fork -> join -> a
        fork -> join
        """,
        """
        start: t
        complete t: a
        complete a: ended
        """,
    ),
    Case(
        "a join inside a loop joins again in every round",
        "13.4.1",
        """
        start s
        xor entry test
        and fork join
        user a b c
        s -> entry -> fork -> a, b -> join -> test
        test -> entry if again
        test -> c default
        """,
        """
        start: a b
        complete a again: b
        complete b again: a b
        complete b again: a
        complete a again: a b
        complete a !again: b
        complete b !again: c
        """,
    ),
    Case(
        "a loop in one of two parallel branches leaves the other alone",
        "13.4.1",
        """
        start s
        and fork join
        xor entry test
        user a b c
        s -> fork -> entry -> a -> test
        test -> entry if again
        test -> join default
        fork -> b -> join -> c
        """,
        """
        start: a b
        complete a again: a b
        complete a again: a b
        complete a !again: b
        complete b: c
        """,
    ),
    Case(
        "a gateway may join and fork at once",
        "13.4.1",
        """
        start s
        and fork both
        user a b c d
        s -> fork -> a, b -> both -> c, d
        """,
        """
        start: a b
        complete a: b
        complete b: c d
        """,
    ),
]

EVENT_BASED = [
    Case(
        "the first event behind an event-based gateway wins, and the others are not awaited any more",
        "13.4.4",
        """
        start s
        choice x
        catch m message M
        catch t timer
        receive r R
        user a b c
        s -> x -> m -> a
        x -> t -> b
        x -> r -> c
        """,
        """
        start: x | m r t
        message r: c |
        """,
    ),
    Case(
        "each token at an event-based gateway waits for itself",
        "13.4.4",
        """
        start s
        choice x
        catch m message M
        catch t timer
        user a b
        s -> x -> m -> a
        s -> x -> t -> b
        """,
        """
        start: x x | m m t t
        timer t: b x | m t
        message m: a b |
        """,
    ),
]

ORDER = [
    Case(
        "the first outgoing flow is followed first",
        "engine",
        """
        start s
        user c d
        sub u:
            start us
            user a
            fail x E1
            fail y E2
            us -> a -> x, y
        boundary first on u error E1
        boundary second on u error E2
        s -> u
        first -> c
        second -> d
        """,
        """
        start: a
        complete a: c
        """,
    ),
    Case(
        "a token runs as far as it can before its sibling moves",
        "engine",
        """
        start s
        user c d
        manual m
        sub u:
            start us
            user a
            task t
            xor g
            fail x E1
            fail y E2
            us -> a -> t, y
            t -> g -> x
        boundary first on u error E1
        boundary second on u error E2
        s -> m -> u
        first -> c
        second -> d
        """,
        """
        start: a
        complete a: c
        """,
    ),
    Case(
        "a subprocess that is over at once leads on before the next branch moves",
        "engine",
        """
        start s
        user c d
        sub u:
            start us
            user a
            sub v:
                start vs
                end ve
                vs -> ve
            fail x E1
            fail y E2
            us -> a -> v, y
            v -> x
        boundary first on u error E1
        boundary second on u error E2
        s -> u
        first -> c
        second -> d
        """,
        """
        start: a
        complete a: c
        """,
    ),
    Case(
        "an inclusive join is decided when nothing else can move",
        "engine",
        """
        start s
        user c d
        sub u:
            start us
            user a
            or j
            manual m
            fail x E1
            fail y E2
            us -> a -> j -> x
            a -> j
            a -> m -> y
        boundary first on u error E1
        boundary second on u error E2
        s -> u
        first -> c
        second -> d
        """,
        """
        start: a
        complete a: d
        """,
    ),
    Case(
        "of several inclusive joins that may go on, the first one of the document goes first",
        "engine",
        """
        start s
        user c d
        sub u:
            start us
            user a z
            xor never
            or j k
            fail x E1
            fail y E2
            us -> a -> k -> x
            a -> j -> y
            a -> never
            never -> j if pick = 7
            never -> k if pick = 8
            never -> z default
        boundary first on u error E1
        boundary second on u error E2
        s -> u
        first -> c
        second -> d
        """,
        """
        start: a
        complete a: d
        """,
    ),
    Case(
        "what was interrupted before its turn does not move any more",
        "engine",
        """
        start s
        user a b
        terminate e
        and fork
        s -> a -> fork -> e, b
        """,
        """
        start: a
        complete a: ended
        """,
    ),
]

CASES = [*FLOWS, *EXCLUSIVE, *PARALLEL, *EVENT_BASED, *ORDER]
