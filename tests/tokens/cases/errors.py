"""Errors and who catches them: BPMN 2.0, 10.5.1 and 13.5; where the standard is silent, as Camunda 7 does."""

from tests.tokens.case import Case

CASES = [
    Case(
        "an error end event ends its subprocess and goes on at the boundary event with its code",
        "13.5.3",
        """
        start s
        sub u:
            start us
            user a b
            fail x E1
            us -> a, b
            a -> x
        boundary other on u error E2
        boundary caught on u error E1
        user c d e
        s -> u -> c
        other -> d
        caught -> e
        """,
        """
        start: a b
        complete a: e
        """,
    ),
    Case(
        "a boundary event without a code catches every error",
        "10.5.1",
        """
        start s
        sub u:
            start us
            user a
            fail x E1
            us -> a -> x
        boundary caught on u error
        user c d
        s -> u -> c
        caught -> d
        """,
        """
        start: a
        complete a: d
        """,
    ),
    Case(
        "the exact code is caught before the catch-all, whichever stands first",
        "engine",
        """
        start s
        sub u:
            start us
            user a
            fail x E1
            us -> a -> x
        boundary all on u error
        boundary exact on u error E1
        user c d
        s -> u
        all -> c
        exact -> d
        """,
        """
        start: a
        complete a: d
        """,
    ),
    Case(
        "an inner catch-all is nearer than an outer exact code",
        "engine",
        """
        start s
        sub u:
            start us
            sub v:
                start vs
                user a
                fail x E1
                vs -> a -> x
            boundary inner on v error
            user c
            us -> v
            inner -> c
        boundary outer on u error E1
        user d
        s -> u
        outer -> d
        """,
        """
        start: a
        complete a: c
        """,
    ),
    Case(
        "an error that the inner levels do not know goes on outwards and ends them all",
        "13.5.3",
        """
        start s
        sub u:
            start us
            sub v:
                start vs
                user a
                fail x E1
                vs -> a -> x
            boundary inner on v error E2
            user b c
            us -> v, b
            inner -> c
        boundary outer on u error E1
        user d e
        s -> u, e
        outer -> d
        """,
        """
        start: a b e
        complete a: d e
        """,
    ),
    Case(
        "an error event subprocess catches before the boundary event of its subprocess",
        "engine",
        """
        start s
        sub u:
            start us
            user a b
            fail x E1
            us -> a, b
            a -> x
            event h:
                start hs error
                user c
                hs -> c
        boundary caught on u error E1
        user d e
        s -> u -> d
        caught -> e
        """,
        """
        start: a b
        complete a: c
        complete c: d
        """,
    ),
    Case(
        "among event subprocesses too the exact code comes before the catch-all",
        "engine",
        """
        start s
        user a
        fail x E1
        s -> a -> x
        event all:
            start alls error
            user c
            alls -> c
        event exact:
            start exacts error E1
            user d
            exacts -> d
        """,
        """
        start: a
        complete a: d
        """,
    ),
    Case(
        "an event subprocess of the process catches what a subprocess throws",
        "13.5.4",
        """
        start s
        sub u:
            start us
            user a
            fail x E1
            us -> a -> x
        user b
        s -> u, b
        event h:
            start hs error E1
            user c
            hs -> c
        """,
        """
        start: a b
        complete a: c
        complete c: ended
        """,
    ),
    Case(
        "an error leaves a called process by the boundary event of its call activity",
        "13.5.3",
        """
        start s
        call k other
        boundary caught on k error E1
        user c d
        s -> k -> c
        caught -> d
        process other:
            start os
            user x y
            fail ox E1
            os -> x, y
            x -> ox
        """,
        """
        start: x y
        complete x: d
        """,
    ),
    Case(
        "an error end event that nobody catches ends its own path and nothing else",
        "engine",
        """
        start s
        user a b
        fail x E1
        s -> a -> x
        s -> b
        """,
        """
        start: a b
        complete a: b
        complete b: ended
        """,
    ),
    Case(
        "an uncaught error at the end of a subprocess completes it",
        "engine",
        """
        start s
        sub u:
            start us
            user a
            fail x E1
            us -> a -> x
        user c
        s -> u -> c
        """,
        """
        start: a
        complete a: c
        """,
    ),
    Case(
        "an uncaught error at the end of a called process completes it, and the caller goes on",
        "engine",
        """
        start s
        call k other
        boundary caught on k error E2
        user c d
        s -> k -> c
        caught -> d
        process other:
            start os
            user x
            fail ox E1
            os -> x -> ox
        """,
        """
        start: x
        complete x: c
        """,
    ),
    Case(
        "an error event subprocess that throws its error again is not caught by itself but by the boundary event",
        "13.5.4",
        """
        start s
        sub u:
            start us
            user a
            fail x E1
            us -> a -> x
            event h:
                start hs error E1
                user c
                fail again_ E1
                hs -> c -> again_
        boundary caught on u error E1
        user d e
        s -> u -> d
        caught -> e
        """,
        """
        start: a
        complete a: c
        complete c: e
        """,
    ),
    Case(
        "what is thrown deep inside an event subprocess is not caught by it either",
        "engine",
        """
        start s
        sub u:
            start us
            user a
            us -> a
            event h:
                start hs error E1
                sub v:
                    start vs
                    user c
                    fail again_ E1
                    vs -> c -> again_
                hs -> v
        boundary caught on u error E1
        user e
        s -> u
        caught -> e
        """,
        """
        start: a
        throw a E1: c
        complete c: e
        """,
    ),
    Case(
        "an event subprocess that has interrupted may throw to its sibling",
        "engine",
        """
        start s
        user a
        s -> a
        event h:
            start hs message M
            user c
            fail x E1
            hs -> c -> x
        event i:
            start is error E1
            user d
            is -> d
        """,
        """
        start: a | hs
        message hs: c |
        complete c: d
        complete d: ended
        """,
    ),
    Case(
        "an error out of a non-interrupting event subprocess ends its whole subprocess at the boundary event",
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
                fail x E1
                hs -> c -> x
        boundary caught on u error E1
        user d e
        s -> u -> d
        caught -> e
        """,
        """
        start: a
        message hs: a c
        message hs: a c c
        complete c: e |
        """,
    ),
    Case(
        "an error event subprocess ends the event subprocesses that run beside it",
        "13.5.4",
        """
        start s
        user a
        fail x E1
        s -> a -> x
        event h:
            start hs message M aside
            user c
            hs -> c
        event i:
            start is error E1
            user d
            is -> d
        """,
        """
        start: a | hs
        message hs: a c | hs
        complete a: d |
        """,
    ),
    Case(
        "the error of a task is caught at its own boundary first",
        "13.5.3",
        """
        start s
        user a c d
        boundary caught on a error E1
        s -> a -> c
        caught -> d
        event h:
            start hs error E1
            user e
            hs -> e
        """,
        """
        start: a
        throw a E1: d
        """,
    ),
    Case(
        "the error of a task that nobody catches ends its path",
        "engine",
        """
        start s
        user a b c
        boundary caught on a error E1
        s -> a, b
        a -> c
        caught -> c
        """,
        """
        start: a b
        throw a E9: b
        throw b E9: ended
        """,
    ),
    Case(
        "the error of a service task is caught at its boundary",
        "13.5.3",
        """
        start s
        user t c d
        service w throws E1 if b0
        boundary caught on w error E1
        s -> t -> w -> c
        caught -> d
        """,
        """
        start: t
        complete t b0: d
        """,
    ),
    Case(
        "a service task without an error goes on",
        "13.3.3",
        """
        start s
        user t c d
        service w throws E1 if b0
        boundary caught on w error E1
        s -> t -> w -> c
        caught -> d
        """,
        """
        start: t
        complete t !b0: c
        """,
    ),
    Case(
        "the error of one instance ends all instances of a multi-instance task at the boundary of its body",
        "13.3.7",
        """
        start s
        user a parallel 3
        boundary caught on a error E1
        user c d
        s -> a -> c
        caught -> d
        """,
        """
        start: a a a
        complete a: a a
        throw a E1: d
        """,
    ),
    Case(
        "an error out of one multi-instance subprocess ends all of them at the boundary of the body",
        "13.3.7",
        """
        start s
        sub u parallel 2:
            start us
            user a b
            fail x E1
            us -> a, b
            a -> x
        boundary caught on u error
        user c d
        s -> u -> c
        caught -> d
        """,
        """
        start: a a b b
        complete b: a a b
        complete a: d
        """,
    ),
    Case(
        "an error event subprocess inside a multi-instance subprocess ends only its own instance",
        "13.5.4",
        """
        start s
        sub u parallel 2:
            start us
            user a
            fail x E1
            us -> a -> x
            event h:
                start hs error E1
                user c
                hs -> c
        boundary caught on u error
        user d e
        s -> u -> d
        caught -> e
        """,
        """
        start: a a
        complete a: a c
        complete c: a
        complete a: c
        complete c: d
        """,
    ),
    Case(
        "an uncaught error of one multi-instance item counts as its end",
        "engine",
        """
        start s
        user a sequential 2
        user b parallel 2
        user c
        s -> a -> b -> c
        """,
        """
        start: a
        throw a E1: a
        complete a: b b
        throw b E1: b
        throw b E1: c
        """,
    ),
    Case(
        "an error out of a called process passes through every level up to its handler",
        "13.5.3",
        """
        start s
        sub u:
            start us
            call k other parallel 2
            us -> k
        user b c
        s -> u, b
        event h:
            start hs error E1
            user d
            hs -> d
        process other:
            start os
            user x
            os -> x
            event i:
                start is error E2
                user y
                is -> y
        """,
        """
        start: b x x
        throw x E2: b x y
        throw y E2: b x
        throw x E1: d
        """,
    ),
    Case(
        "the error of a service task that nobody catches ends its path",
        "engine",
        """
        start s
        user t c
        service w throws E1 if b0
        user b
        s -> t -> w -> c
        s -> b
        """,
        """
        start: b t
        complete t b0: b
        complete b: ended
        """,
    ),
    Case(
        "an error thrown again inside a multi-instance subprocess goes to the boundary of the body, not to the same event subprocess",
        "13.5.4",
        """
        start s
        sub u parallel 2:
            start us
            user a
            us -> a
            event h:
                start hs error E1
                user c
                fail again_ E1
                hs -> c -> again_
        boundary caught on u error E1
        user d e
        s -> u -> d
        caught -> e
        """,
        """
        start: a a
        throw a E1: a c
        complete c: e
        """,
    ),
    Case(
        "the boundary event of a task is nearer than an event subprocess of its scope, even if that has the exact code",
        "engine",
        """
        start s
        user a c
        boundary caught on a error
        s -> a
        caught -> c
        event h:
            start hs error E1
            user e
            hs -> e
        """,
        """
        start: a
        throw a E1: c
        """,
    ),
    Case(
        "of two event subprocesses for one error the first catches it, and the second what is thrown inside of the first",
        "engine",
        """
        start s
        sub u:
            start us
            user a
            fail x E1
            us -> a -> x
            event first:
                start fs error E1
                user b
                fail again E1
                fs -> b -> again
            event second:
                start ss error E1
                user c
                fail out E1
                ss -> c -> out
        boundary caught on u error E1
        user d
        s -> u
        caught -> d
        """,
        """
        start: a
        complete a: b
        complete b: c
        complete c: b
        complete b: c
        """,
    ),
]
