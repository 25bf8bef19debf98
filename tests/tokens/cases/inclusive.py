"""Inclusive gateways: BPMN 2.0, 13.4.3."""

from tests.tokens.case import Case

CASES = [
    Case(
        "an inclusive gateway takes every true flow, and its join waits for just these",
        "13.4.3",
        """
        start s
        or split join
        user t a b c d
        s -> t -> split
        split -> a if b0
        split -> b if b1
        split -> c if b2
        split -> d default
        a, b, c -> join -> d
        """,
        """
        start: t
        complete t b0 !b1 b2: a c
        complete c: a
        complete a: d
        complete d: ended
        """,
    ),
    Case(
        "an inclusive gateway takes its default when nothing else is true",
        "13.4.3",
        """
        start s
        or split
        user t a d
        s -> t -> split
        split -> a if b0
        split -> d default
        """,
        """
        start: t
        complete t !b0: d
        """,
    ),
    Case(
        "an unconditioned flow out of an inclusive gateway is always taken, and the default then never",
        "13.4.3",
        """
        start s
        or split
        user t a b d
        s -> t -> split -> a
        split -> b if b0
        split -> d default
        """,
        """
        start: t
        complete t !b0: a
        """,
    ),
    Case(
        "an inclusive gateway without a true flow and without a default is a fault",
        "13.4.3",
        """
        start s
        or split
        user t a b
        s -> t -> split
        split -> a if b0
        split -> b if b1
        """,
        """
        start: t
        complete t !b0 !b1: fault
        complete t b0 b1: a b
        """,
    ),
    Case(
        "an inclusive join does not wait for a token that cannot come",
        "13.4.3",
        """
        start s
        and fork
        or join
        user a b c d
        s -> fork -> a, b -> join -> d
        fork -> c
        """,
        """
        start: a b c
        complete a: b c
        complete b: c d
        """,
    ),
    Case(
        "an inclusive join goes on when the branch that it waited for ends elsewhere",
        "13.4.3",
        """
        start s
        and fork
        or join
        xor x
        user a b d
        end e
        s -> fork -> a -> join -> d
        fork -> b -> x
        x -> e if b1
        x -> join default
        """,
        """
        start: a b
        complete a: b
        complete b b1: d
        """,
    ),
    Case(
        "an inclusive join goes on when the branch that it waited for leaves by a boundary event",
        "13.4.3",
        """
        start s
        and fork
        or join
        user a b c d
        boundary late on b timer
        s -> fork -> a, b -> join -> d
        late -> c
        """,
        """
        start: a b | late
        complete a: b | late
        timer late: c d |
        """,
    ),
    Case(
        "an inclusive join waits for a token whose boundary event leads to it",
        "13.4.3",
        """
        start s
        and fork
        or join
        user a b d
        end e
        boundary late on b timer
        s -> fork -> a, b
        a, late -> join -> d
        b -> e
        """,
        """
        start: a b
        complete a: b
        timer late: d
        """,
    ),
    Case(
        "an inclusive join does not wait for a token behind itself",
        "13.4.3",
        """
        start s
        and fork
        or join
        xor test
        user a b c d
        s -> fork -> a, b -> join -> c -> test
        test -> a if again
        test -> d default
        """,
        """
        start: a b
        complete a: b
        complete b: c
        complete c again: a
        complete a: c
        complete c !again: d
        """,
    ),
    Case(
        "an inclusive join does not wait for a token that can also come by a flow that has one",
        "13.4.3",
        """
        start s
        and fork
        or join
        xor m x
        user a b d
        s -> fork -> a -> m
        fork -> b -> x
        x -> m if b1
        x -> join default
        m -> join -> d
        """,
        """
        start: a b
        complete a: b d
        complete b !b1: d d
        """,
    ),
    Case(
        "inclusive joins inside a loop do not wait for ever",
        "13.4.3",
        """
        start s
        xor entry test leave
        or split join
        user a b c
        s -> entry -> split
        split -> a if b1
        split -> b default
        a, b -> join -> test
        test -> entry if again
        test -> leave default
        leave -> c
        """,
        """
        start: b
        complete b b1 again: a
        complete a b1 again: a
        complete a !b1 again: b
        complete b !again: c
        """,
    ),
    Case(
        "an inclusive join takes one token of each flow, and then decides again for what is left",
        "13.4.3",
        """
        start s
        and fork
        xor m
        or join
        user a b c d
        s -> fork -> a, b, c
        a, b -> m -> join
        c -> join -> d
        """,
        """
        start: a b c
        complete a: b c
        complete b: c
        complete c: d d
        """,
    ),
    Case(
        "an inclusive join waits for a token that waits at a parallel join before it",
        "13.4.3",
        """
        start s
        and fork and_join
        or join
        user a b c d
        s -> fork -> a, b, c
        a, b -> and_join -> join
        c -> join -> d
        """,
        """
        start: a b c
        complete a: b c
        complete c: b
        complete b: d
        """,
    ),
    Case(
        "an inclusive join waits for the whole subprocess before it",
        "13.4.3",
        """
        start s
        and fork
        or join
        user a d
        sub u:
            start us
            user ua ub
            us -> ua -> ub
        s -> fork -> a, u -> join -> d
        """,
        """
        start: a ua
        complete a: ua
        complete ua: ub
        complete ub: d
        """,
    ),
    Case(
        "an inclusive join waits for every possible branch of an unbalanced split",
        "13.4.3",
        """
        start s
        and fork
        xor x
        or join
        user a b c d
        s -> fork -> a -> join -> d
        fork -> b -> x
        x -> c if b1
        x -> join default
        c -> join
        """,
        """
        start: a b
        complete a: b
        complete b b1: c
        complete c: d
        """,
    ),
    Case(
        "an inclusive join takes both of two flows from the same gateway",
        "13.4.3",
        """
        start s
        user t d
        or split join
        s -> t -> split
        split -> join if b1
        split -> join if b2
        split -> join default
        join -> d
        """,
        """
        start: t
        complete t b1 b2: d
        complete d: ended
        """,
    ),
    Case(
        "an inclusive join waits for a token at an event-based gateway before it",
        "13.4.3",
        """
        start s
        and fork
        choice x
        or join
        catch m message M
        catch t timer
        user a d
        end e
        s -> fork -> a -> join -> d
        fork -> x -> m -> join
        x -> t -> e
        """,
        """
        start: a x
        complete a: x
        timer t: d
        """,
    ),
    Case(
        "two inclusive joins that could each feed the other wait for ever",
        "13.4.3",
        """
        start s
        and fork
        or j k
        xor x y
        user a b c d
        s -> fork -> a -> j -> x
        fork -> b -> k -> y
        x -> k if b1
        x -> c default
        y -> j if b1
        y -> d default
        """,
        """
        start: a b
        complete a: b
        complete b:
        """,
    ),
]
