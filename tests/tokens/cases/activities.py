"""Activities: tasks, subprocesses, called processes and multi-instance: BPMN 2.0, 13.3."""

from tests.tokens.case import Case

TASKS = [
    Case(
        "a manual task and a task of no kind are passed",
        "13.3.3",
        """
        start s
        manual m
        task t
        throw i
        user a
        s -> m -> t -> i -> a
        """,
        "start: a",
    ),
    Case(
        "a receive task waits for its message",
        "13.3.3",
        """
        start s
        receive r M
        user a
        s -> r -> a
        """,
        """
        start: r | r
        message r: a |
        """,
    ),
    Case(
        "a receive task without a message is completed by somebody",
        "13.3.3",
        """
        start s
        receive r
        user a
        s -> r -> a
        """,
        """
        start: r |
        complete r: a
        """,
    ),
]

SUBPROCESSES = [
    Case(
        "a subprocess completes when its last token has ended",
        "13.3.4",
        """
        start s
        sub u:
            start us
            and fork
            user a b
            end e
            us -> fork -> a, b -> e
        user c
        s -> u -> c
        """,
        """
        start: a b
        complete a: b
        complete b: c
        """,
    ),
    Case(
        "a subprocess without an end event completes all the same",
        "13.3.4",
        """
        start s
        sub u:
            start us
            user a
            us -> a
        user c
        s -> u -> c
        """,
        """
        start: a
        complete a: c
        """,
    ),
    Case(
        "a subprocess without a start event begins at every node that nothing leads to",
        "10.3.5",
        """
        start s
        sub u:
            user a b d
            a -> d
        user c
        s -> u -> c
        """,
        """
        start: a b
        complete b: a
        complete a: d
        complete d: c
        """,
    ),
    Case(
        "a subprocess that has nothing to wait for is passed",
        "13.3.4",
        """
        start s
        sub u:
            start us
            end e
            us -> e
        user c
        s -> u -> c
        """,
        "start: c",
    ),
    Case(
        "two tokens at one subprocess run it twice, each in a scope of its own",
        "13.3.4",
        """
        start s
        and fork
        sub u:
            start us
            and ufork ujoin
            user a b c
            us -> ufork -> a, b -> ujoin -> c
        user d
        s -> fork -> u -> d
        fork -> u
        """,
        """
        start: a a b b
        complete a: a b b
        complete a: b b
        complete b: b c
        complete c: b d
        complete b: c d
        """,
    ),
    Case(
        "a boundary event of an outer subprocess ends everything inside, however deep",
        "13.3.4",
        """
        start s
        sub u:
            start us
            and fork
            sub v:
                start vs
                user a
                vs -> a
            call k other
            user b parallel 2
            us -> fork -> v, k, b
        boundary late on u timer
        user c d
        s -> u -> c
        late -> d
        process other:
            start os
            user x
            boundary mo on x message M aside
            os -> x
        """,
        """
        start: a b b x | late mo
        timer late: d |
        """,
    ),
]

CALLS = [
    Case(
        "a called process runs to its end, and then the caller goes on",
        "13.3.4",
        """
        start s
        call k other
        user c
        s -> k -> c
        process other:
            start os
            user x
            end oe
            os -> x -> oe
        """,
        """
        start: x
        complete x: c
        complete c: ended
        """,
    ),
    Case(
        "two tokens at one call activity call two instances",
        "13.3.4",
        """
        start s
        and fork
        call k other
        user c
        s -> fork -> k -> c
        fork -> k
        process other:
            start os
            user x y
            os -> x -> y
        """,
        """
        start: x x
        complete x: x y
        complete y: c x
        """,
    ),
    Case(
        "cancelling a call activity ends the called process with all that it called",
        "13.3.4",
        """
        start s
        call k middle
        boundary m on k message M
        user c d
        s -> k -> c
        m -> d
        process middle:
            start ms
            call n inner
            ms -> n
        process inner:
            start is
            user x
            is -> x
        """,
        """
        start: x | m
        message m: d |
        """,
    ),
    Case(
        "a process that calls itself without end is a fault",
        "engine",
        """
        start s
        user a
        call k again_
        s -> a -> k
        process again_:
            start as
            call l again_
            as -> l
        """,
        """
        start: a
        complete a: fault
        """,
    ),
    Case(
        "a process may call itself some levels deep",
        "engine",
        """
        start s
        call k deeper
        user c
        s -> k -> c
        process deeper:
            start ds
            user x
            xor test
            call l deeper
            end de
            ds -> x -> test
            test -> l if again
            test -> de default
        """,
        """
        start: x
        complete x again: x
        complete x again: x
        complete x again: x
        complete x !again: c
        """,
    ),
]

MULTI_INSTANCE = [
    Case(
        "a parallel multi-instance task waits for all of its instances",
        "13.3.7",
        """
        start s
        user a parallel 3
        user c
        s -> a -> c
        """,
        """
        start: a a a
        complete a: a a
        complete a: a
        complete a: c
        """,
    ),
    Case(
        "a sequential multi-instance task has one instance after the other",
        "13.3.7",
        """
        start s
        user a sequential 3
        user c
        s -> a -> c
        """,
        """
        start: a
        complete a: a
        complete a: a
        complete a: c
        """,
    ),
    Case(
        "a multi-instance activity without instances is passed",
        "13.3.7",
        """
        start s
        user a parallel 0
        user b sequential 0
        boundary m on a message M
        user c
        s -> a -> b -> c
        """,
        "start: c |",
    ),
    Case(
        "the number of instances is fixed when the activity begins",
        "13.3.7",
        """
        start s
        user t c
        user a sequential pick
        s -> t -> a -> c
        """,
        """
        start: t
        complete t pick=2: a
        complete a pick=5: a
        complete a pick=0: c
        """,
    ),
    Case(
        "an interrupting boundary event ends all instances of a multi-instance task",
        "13.3.7",
        """
        start s
        user a parallel 3
        boundary late on a timer
        user c d
        s -> a -> c
        late -> d
        """,
        """
        start: a a a | late
        complete a: a a | late
        timer late: d |
        """,
    ),
    Case(
        "a boundary event of a multi-instance activity hangs on its body, once",
        "13.3.7",
        """
        start s
        user a sequential 2
        boundary m on a message M aside
        user c d
        s -> a -> c
        m -> d
        """,
        """
        start: a | m
        message m: a d | m
        complete a: a d | m
        message m: a d d | m
        complete a: c d d |
        """,
    ),
    Case(
        "each instance of a multi-instance subprocess has a scope of its own",
        "13.3.7",
        """
        start s
        sub u parallel 2:
            start us
            and fork join
            user a b d
            us -> fork -> a, b -> join -> d
        user c
        s -> u -> c
        """,
        """
        start: a a b b
        complete a: a b b
        complete a: b b
        complete b: b d
        complete d: b
        complete b: d
        complete d: c
        """,
    ),
    Case(
        "a sequential multi-instance subprocess begins anew for each instance",
        "13.3.7",
        """
        start s
        sub u sequential 2:
            start us
            user a b
            us -> a -> b
        user c
        s -> u -> c
        """,
        """
        start: a
        complete a: b
        complete b: a
        complete a: b
        complete b: c
        """,
    ),
    Case(
        "a multi-instance call activity calls an instance each time",
        "13.3.7",
        """
        start s
        call k other parallel 2
        user c
        s -> k -> c
        process other:
            start os
            user x
            os -> x
        """,
        """
        start: x x
        complete x: x
        complete x: c
        """,
    ),
    Case(
        "a multi-instance receive task awaits its message once for each instance",
        "13.3.7",
        """
        start s
        receive r M parallel 2
        user c
        s -> r -> c
        """,
        """
        start: r r | r r
        message r: r | r
        message r: c |
        """,
    ),
    Case(
        "a multi-instance service task does its work for each instance and goes on",
        "13.3.7",
        """
        start s
        service w sequential 3
        service v parallel 3
        user c
        s -> w -> v -> c
        """,
        "start: c",
    ),
]

CASES = [*TASKS, *SUBPROCESSES, *CALLS, *MULTI_INSTANCE]
