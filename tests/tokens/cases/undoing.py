"""Compensation and transactions: BPMN 2.0, 10.7 and 13.5.5."""

from tests.tokens.case import Case

COMPENSATION = [
    Case(
        "what completed is undone backwards, and then the thrower goes on",
        "13.5.5",
        """
        start s
        user a b after
        undo x of a
        undo y of b
        compensate all
        s -> a -> b -> all -> after
        """,
        """
        start: a
        complete a: b
        complete b: y
        complete y: x
        complete x: after
        complete after: ended
        """,
    ),
    Case(
        "what did not wait for each other is undone at once",
        "13.5.5",
        """
        start s
        and fork join
        user a b c
        undo x of a
        undo y of b
        undo z of c
        compensate all
        s -> fork -> a, b -> join -> c -> all
        """,
        """
        start: a b
        complete b: a
        complete a: c
        complete c: z
        complete z: x y
        complete x: y
        complete y: ended
        """,
    ),
    Case(
        "an activity that completed in two rounds of a loop is undone twice, the second round first",
        "13.5.5",
        """
        start s
        xor entry test
        user a c
        undo x of a
        compensate all
        s -> entry -> a -> test
        test -> entry if again
        test -> all default
        all -> c
        """,
        """
        start: a
        complete a again: a
        complete a !again: x
        complete x: x
        complete x: c
        """,
    ),
    Case(
        "the instances of a multi-instance activity are undone together, those of an earlier round after them",
        "13.5.5",
        """
        start s
        xor entry test
        user a parallel 2
        user c
        undo x of a
        compensate all
        s -> entry -> a -> test
        test -> entry if again
        test -> all default
        all -> c
        """,
        """
        start: a a
        complete a: a
        complete a again: a a
        complete a: a
        complete a !again: x x
        complete x: x
        complete x: x x
        complete x: x
        complete x: c
        """,
    ),
    Case(
        "the instances of a sequential activity are undone one by one, the last first",
        "13.5.5",
        """
        start s
        sub u sequential 2:
            user a
            undo x of a
        compensate-end all
        s -> u -> all
        """,
        """
        start: a
        complete a pick=1: a
        complete a: x
        complete x: x
        complete x: ended
        """,
    ),
    Case(
        "what a boundary event led to is undone before its host, even if it completed earlier",
        "13.5.5",
        """
        start s
        user a b
        undo x of a
        undo y of b
        boundary m on a message M aside
        compensate all
        s -> a -> all
        m -> b
        """,
        """
        start: a | m
        message m: a b | m
        complete b: a | m
        complete a: y
        complete y: x
        complete x: ended
        """,
    ),
    Case(
        "what an event subprocess did is undone before what is around it, even if that completed later",
        "13.5.5",
        """
        start s
        user a b
        undo x of a
        event h:
            start hs message M aside
            user c d
            undo y of c
            compensate all
            hs -> c -> d -> all
        s -> a -> b
        """,
        """
        start: a | hs
        message hs: a c | hs
        complete c: a d | hs
        complete a: b d | hs
        complete d: b y | hs
        complete y: b x | hs
        complete x: b | hs
        """,
    ),
    Case(
        "several instances of a subprocess are undone together, those of an earlier round after them",
        "13.5.5",
        """
        start s
        xor entry test
        sub u parallel 2:
            user a
            undo x of a
        user c
        compensate all
        s -> entry -> u -> test
        test -> entry if again
        test -> all default
        all -> c
        """,
        """
        start: a a
        complete a: a
        complete a again: a a
        complete a: a
        complete a !again: x x
        complete x: x
        complete x: x x
        complete x: x
        complete x: c
        """,
    ),
    Case(
        "a completed subprocess is undone from inside, as one, however deep",
        "13.5.5",
        """
        start s
        user a
        undo x of a
        sub u:
            user b
            undo y of b
            sub v:
                user c
                undo z of c
            b -> v
        compensate-end all
        s -> a -> u -> all
        """,
        """
        start: a
        complete a: b
        complete b: c
        complete c: z
        complete z: y
        complete y: x
        complete x: ended
        """,
    ),
    Case(
        "a subprocess with a handler of its own is undone by that alone",
        "13.5.5",
        """
        start s
        sub u:
            user b
            undo y of b
        undo x of u
        compensate-end all
        s -> u -> all
        """,
        """
        start: b
        complete b: x
        complete x: ended
        """,
    ),
    Case(
        "a compensation event subprocess undoes its subprocess as it likes, and what is left inside is forgotten",
        "13.5.5",
        """
        start s
        sub u:
            user b c
            undo y of b
            undo z of c
            event h:
                start hs compensate
                user d
                compensate some of b
                hs -> d -> some
            b -> c
        compensate-end all
        s -> u -> all
        """,
        """
        start: b
        complete b: c
        complete c: d
        complete d: y
        complete y: ended
        """,
    ),
    Case(
        "an event subprocess undoes what completed around it",
        "13.5.5",
        """
        start s
        user a b
        undo x of a
        event h:
            start hs message M
            user c
            undo y of c
            compensate all
            hs -> c -> all
        s -> a -> b
        """,
        """
        start: a | hs
        complete a: b | hs
        message hs: c |
        complete c: y
        complete y: x
        complete x: ended
        """,
    ),
    Case(
        "what was interrupted leaves nothing to undo",
        "13.5.5",
        """
        start s
        sub u:
            user a b
            undo x of a
            a -> b
        boundary late on u timer
        user c
        compensate-end all
        s -> u -> c
        late -> c -> all
        """,
        """
        start: a | late
        complete a: b | late
        timer late: c |
        complete c: ended
        """,
    ),
    Case(
        "an error out of a handler ends what is being undone with the scope that catches it",
        "13.5.5",
        """
        start s
        sub u:
            user a
            undo x of a
            compensate all
            user b
            a -> all -> b
        boundary failed on u error E1
        user c
        s -> u
        failed -> c
        """,
        """
        start: a
        complete a: x
        throw x E1: c
        """,
    ),
    Case(
        "what a handler does inside is undone by nobody",
        "13.5.5",
        """
        start s
        user a
        undo h of a:
            user b
            undo y of b
        compensate one
        compensate all
        s -> a -> one -> all
        """,
        """
        start: a
        complete a: b
        complete b: ended
        """,
    ),
]

TRANSACTIONS = [
    Case(
        "a cancelled transaction ends everything in it, is undone, and is left by its cancel boundary event",
        "13.5.3",
        """
        start s
        transaction t:
            start ts
            user a b
            undo x of a
            and fork
            cancel no
            ts -> fork -> a, b
            a -> no
        boundary away on t cancel
        user c d
        s -> t -> c
        away -> d
        """,
        """
        start: a b
        complete a: x
        complete x: d
        complete d: ended
        """,
    ),
    Case(
        "a transaction in which nothing completed is left at once",
        "13.5.3",
        """
        start s
        transaction t:
            user a
            cancel no
            a -> no
        boundary away on t cancel
        user c d
        s -> t -> c
        away -> d
        """,
        """
        start: a
        complete a: d
        """,
    ),
    Case(
        "one cancelled instance of a transaction cancels them all",
        "13.5.3",
        """
        start s
        transaction t parallel 2:
            user a
            undo x of a
            cancel no
            a -> no
        boundary away on t cancel
        user d
        s -> t
        away -> d
        """,
        """
        start: a a
        complete a: a x
        complete x: d
        """,
    ),
    Case(
        "an error out of a transaction undoes nothing",
        "13.5.5",
        """
        start s
        transaction t:
            user a b
            undo x of a
            fail wrong E1
            a -> b -> wrong
        boundary away on t cancel
        boundary failed on t error E1
        user c d
        s -> t
        away -> c
        failed -> d
        """,
        """
        start: a
        complete a: b
        complete b: d
        """,
    ),
    Case(
        "a completed transaction can be undone from outside",
        "13.5.5",
        """
        start s
        transaction t:
            user a
            undo x of a
        boundary away on t cancel
        user c
        compensate-end all
        s -> t -> all
        away -> c
        """,
        """
        start: a
        complete a: x
        complete x: ended
        """,
    ),
]

CASES = [*COMPENSATION, *TRANSACTIONS]
