"""Messages, timers, terminate and event subprocesses: BPMN 2.0, 13.5."""

from tests.tokens.case import Case

START = [
    Case(
        "a process begins at its none start event unless another one is named",
        "13.5.1",
        """
        start s
        start m message M
        start t timer
        user a b c
        s -> a
        m -> b
        t -> c
        """,
        """
        start: a |
        complete a: ended
        """,
    ),
    Case(
        "a process that a message starts begins at that start event alone",
        "13.5.1",
        """
        start s
        start m message M
        user a b
        s -> a
        m -> b
        event h:
            start hs timer aside
            user c
            hs -> c
        """,
        """
        start m: b | hs
        complete b: ended |
        """,
    ),
]

BOUNDARY = [
    Case(
        "an interrupting boundary event ends its activity and goes on instead",
        "13.5.3",
        """
        start s
        user a c d
        boundary m on a message M
        s -> a -> c
        m -> d
        """,
        """
        start: a | m
        message m: d |
        """,
    ),
    Case(
        "boundary events are awaited no longer than their activity is open",
        "13.5.3",
        """
        start s
        user a c d
        boundary m on a message M
        boundary t on a timer aside
        s -> a -> c
        m, t -> d
        """,
        """
        start: a | m t
        complete a: c |
        """,
    ),
    Case(
        "a non-interrupting message boundary event happens as often as its message comes",
        "13.5.3",
        """
        start s
        user a c d
        boundary m on a message M aside
        s -> a -> c
        m -> d
        """,
        """
        start: a | m
        message m: a d | m
        message m: a d d | m
        complete d: a d | m
        complete a: c d |
        """,
    ),
    Case(
        "a non-interrupting timer boundary event happens once",
        "13.5.3",
        """
        start s
        user a d
        boundary t on a timer aside
        s -> a
        t -> d
        """,
        """
        start: a | t
        timer t: a d |
        complete a: d
        complete d: ended
        """,
    ),
    Case(
        "of two boundary events the one that interrupts takes the other away",
        "13.5.3",
        """
        start s
        user a c d
        boundary t on a timer
        boundary m on a message M aside
        s -> a
        t -> c
        m -> d
        """,
        """
        start: a | m t
        message m: a d | m t
        timer t: c d |
        """,
    ),
    Case(
        "a boundary event with several outgoing flows forks",
        "13.5.3",
        """
        start s
        user a c d
        boundary t on a timer
        s -> a
        t -> c, d
        """,
        """
        start: a
        timer t: c d
        """,
    ),
    Case(
        "a receive task can be interrupted by its boundary event",
        "13.5.3",
        """
        start s
        receive r M
        boundary t on r timer
        user c d
        s -> r -> c
        t -> d
        """,
        """
        start: r | r t
        timer t: d |
        """,
    ),
    Case(
        "each token at an activity has boundary events of its own",
        "13.5.3",
        """
        start s
        user a d
        boundary t on a timer
        s -> a
        s -> a
        t -> d
        """,
        """
        start: a a | t t
        timer t: a d | t
        """,
    ),
    Case(
        "a non-interrupting boundary event of a subprocess leaves it running",
        "13.5.3",
        """
        start s
        sub u:
            start us
            user a b
            us -> a -> b
        boundary m on u message M aside
        user c d
        s -> u -> c
        m -> d
        """,
        """
        start: a | m
        message m: a d | m
        complete a: b d | m
        message m: b d d | m
        complete b: c d d |
        """,
    ),
    Case(
        "an intermediate event waits for its message, another for its time",
        "13.5.2",
        """
        start s
        catch m message M
        catch t timer
        user a
        s -> m -> t -> a
        """,
        """
        start: m | m
        message m: t | t
        timer t: a |
        """,
    ),
]

TERMINATE = [
    Case(
        "a terminate end event ends the whole process",
        "13.5.6",
        """
        start s
        and fork
        user a b
        terminate e
        sub u:
            start us
            user c
            us -> c
        event h:
            start hs message M aside
            user d
            hs -> d
        s -> fork -> a, b, u
        a -> e
        """,
        """
        start: a b c | hs
        message hs: a b c d | hs
        complete a: ended
        """,
    ),
    Case(
        "a terminate end event in a subprocess ends only the subprocess",
        "13.5.6",
        """
        start s
        and fork
        sub u:
            start us
            user a b
            terminate e
            us -> a, b
            a -> e
        boundary m on u message M
        user c d
        s -> fork -> u -> c
        fork -> d
        m -> d
        """,
        """
        start: a b d | m
        complete a: c d |
        """,
    ),
    Case(
        "a terminate end event in a called process lets the caller go on",
        "13.5.6",
        """
        start s
        call k other
        user c
        s -> k -> c
        process other:
            start os
            user x y
            terminate e
            os -> x, y
            x -> e
        """,
        """
        start: x y
        complete x: c
        """,
    ),
    Case(
        "a terminate end event in an event subprocess ends only that",
        "13.5.6",
        """
        start s
        user a
        s -> a
        event h:
            start hs message M aside
            user b d
            terminate e
            hs -> b, d
            b -> e
        """,
        """
        start: a | hs
        message hs: a b d | hs
        complete b: a | hs
        complete a: ended
        """,
    ),
    Case(
        "a terminate end event in a multi-instance subprocess ends only its own instance",
        "13.5.6",
        """
        start s
        sub u parallel 2:
            start us
            user a b
            terminate e
            us -> a, b
            a -> e
        user c
        s -> u -> c
        """,
        """
        start: a a b b
        complete a: a b
        complete a: c
        """,
    ),
    Case(
        "cancelling an instance ends everything in it",
        "engine",
        """
        start s
        user a parallel 2
        call k other
        s -> a, k
        event h:
            start hs timer
            user d
            hs -> d
        process other:
            start os
            user x
            os -> x
        """,
        """
        start: a a x | hs
        cancel: ended |
        """,
    ),
]

EVENT_SUBPROCESSES = [
    Case(
        "an interrupting event subprocess ends everything else in its process, which ends with it",
        "13.5.4",
        """
        start s
        user a b
        s -> a, b
        event h:
            start hs message M
            user c
            hs -> c
        """,
        """
        start: a b | hs
        message hs: c |
        complete c: ended
        """,
    ),
    Case(
        "when an interrupting event subprocess ends, its subprocess is complete and leads on",
        "13.5.4",
        """
        start s
        sub u:
            start us
            user a b
            us -> a, b
            event h:
                start hs message M
                user c
                hs -> c
        user d e
        s -> u -> d
        s -> e
        """,
        """
        start: a b e | hs
        message hs: c e |
        complete c: d e
        """,
    ),
    Case(
        "a non-interrupting event subprocess runs beside, as often as its message comes",
        "13.5.4",
        """
        start s
        user a
        s -> a
        event h:
            start hs message M aside
            user c
            hs -> c
        """,
        """
        start: a | hs
        message hs: a c | hs
        message hs: a c c | hs
        complete c: a c | hs
        complete a: c | hs
        complete c: ended |
        """,
    ),
    Case(
        "a message starts an event subprocess also while only event subprocesses are left",
        "13.5.4",
        """
        start s
        user a
        s -> a
        event h:
            start hs message M aside
            user c
            hs -> c
        """,
        """
        start: a
        message hs: a c
        complete a: c | hs
        message hs: c c | hs
        complete c: c | hs
        complete c: ended |
        """,
    ),
    Case(
        "a non-interrupting timer starts its event subprocess once",
        "13.5.4",
        """
        start s
        user a
        s -> a
        event h:
            start hs timer aside
            user c
            hs -> c
        """,
        """
        start: a | hs
        timer hs: a c |
        """,
    ),
    Case(
        "a subprocess waits for its event subprocesses to end",
        "13.5.4",
        """
        start s
        sub u:
            start us
            user a
            us -> a
            event h:
                start hs message M aside
                user c
                hs -> c
        user d
        s -> u -> d
        """,
        """
        start: a | hs
        message hs: a c | hs
        complete a: c | hs
        complete c: d |
        """,
    ),
    Case(
        "an event subprocess is awaited only while its subprocess is open",
        "13.5.4",
        """
        start s
        user a d
        sub u:
            start us
            user b
            us -> b
            event h:
                start hs message M
                user c
                hs -> c
        s -> a -> u -> d
        """,
        """
        start: a |
        complete a: b | hs
        complete b: d |
        """,
    ),
    Case(
        "once an interrupting event subprocess has started, no other one of its scope is awaited",
        "13.5.4",
        """
        start s
        user a
        s -> a
        event h:
            start hs message M
            user c
            hs -> c
        event i:
            start is message N aside
            user d
            is -> d
        event j:
            start js timer
            user f
            js -> f
        """,
        """
        start: a | hs is js
        message is: a d | hs is js
        message hs: c |
        """,
    ),
    Case(
        "an interrupting event subprocess leaves the boundary events of its subprocess in place",
        "13.5.4",
        """
        start s
        sub u:
            start us
            user a
            us -> a
            event h:
                start hs message M
                user c
                hs -> c
        boundary t on u timer
        user d e
        s -> u -> d
        t -> e
        """,
        """
        start: a | hs t
        message hs: c | t
        timer t: e |
        """,
    ),
    Case(
        "an interrupting event subprocess of an inner scope leaves outer scopes alone",
        "13.5.4",
        """
        start s
        sub u:
            start us
            user a
            us -> a
            event h:
                start hs message M
                user c
                hs -> c
        user b
        s -> u, b
        event o:
            start oe message N aside
            user d
            oe -> d
        """,
        """
        start: a b | hs oe
        message oe: a b d | hs oe
        message hs: b c d | oe
        """,
    ),
    Case(
        "an event subprocess may hold event subprocesses of its own",
        "13.5.4",
        """
        start s
        user a
        s -> a
        event h:
            start hs message M aside
            user c
            hs -> c
            event i:
                start is message N
                user d
                is -> d
        """,
        """
        start: a | hs
        message hs: a c | hs is
        message hs: a c c | hs is is
        message is: a c d | hs is
        complete d: a c | hs is
        """,
    ),
    Case(
        "an interrupting event subprocess of a multi-instance subprocess ends only its own instance",
        "13.5.4",
        """
        start s
        sub u parallel 2:
            start us
            user a
            us -> a
            event h:
                start hs message M
                user c
                hs -> c
        user d
        s -> u -> d
        """,
        """
        start: a a | hs hs
        message hs: a c | hs
        complete c: a | hs
        complete a: d |
        """,
    ),
    Case(
        "a boundary event ends the event subprocesses of its subprocess too",
        "13.5.4",
        """
        start s
        sub u:
            start us
            user a
            us -> a
            event h:
                start hs message M aside
                user c
                hs -> c
        boundary t on u timer
        user d
        s -> u
        t -> d
        """,
        """
        start: a | hs t
        message hs: a c | hs t
        timer t: d |
        """,
    ),
]

CASES = [*START, *BOUNDARY, *TERMINATE, *EVENT_SUBPROCESSES]
