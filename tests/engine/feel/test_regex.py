"""Regular expressions of XPath and XML Schema, translated to those of re2."""

from __future__ import annotations

import pytest

from engine.feel.errors import FeelNull
from engine.feel.regex import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "expected"),
    [
        (r"\p{IsBasicLatin}", "", "x", True),
        (r"\p{IsBasicLatin}", "", "é", False),
        (r"^\p{IsCJKUnifiedIdeographs}+$", "", "采购", True),
        (r"^\w+$", "", "采购1", True),
        (r"^\w$", "", "_", False),  # punctuation is no word in XML Schema
        (r"^\W$", "", "_", True),
        (r"^\d$", "", "٣", True),
        (r"^[a-z-[aeiou]]$", "", "b", True),
        (r"^[a-z-[aeiou]]$", "", "e", False),
        (r"^[\p{L}-[a-z]]$", "", "A", True),
        (r"^[\p{L}-[a-z]]$", "", "a", False),
        (r"^[a-z-[^aeiou]]$", "", "e", True),
        (r"^[a-z-[^aeiou]]$", "", "b", False),
        (r"^[^a-z-[0-9]]$", "", "_", True),
        (r"^[^a-z-[0-9]]$", "", "5", False),
        (r"^[a-f-]$", "", "-", True),
        (r"^[\^\]\\-]+$", "", "^]\\-", True),
        (r"^[\t-\n]$", "", "\n", True),
        (r"^\i\c*$", "", "Åa.b", True),
        (r"^\I$", "", "1", True),
        ("a.b", "", "a\rb", False),
        ("a.b", "s", "a\rb", True),
        ("^b$", "m", "a\nb\nc", True),
        ("^b$", "", "a\nb", False),
        ("hello world", "x", "helloworld", True),
        ("hello[ ]world", "x", "hello world", True),
        ("A.C", "q", "A.C", True),
        ("A.C", "q", "ABC", False),
        ("a+?b", "", "aab", True),
        ("(?:ab)+", "", "abab", True),
        ("[A-Z]", "i", "q", True),
    ],
)
def test_a_pattern_means_what_xpath_says(pattern: str, flags: str, text: str, expected: bool) -> None:
    assert (compile_pattern(pattern, flags).search(text) is not None) is expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[", "it ends too early"),
        ("[b-a]", "a range ends before it begins"),
        (r"(a)\1", "references to groups"),
        ("(?=a)", "is only known as"),
        ("(?i)a", "is only known as"),
        (r"\q", "there is no escape"),
        (r"\p{Xx}", "there is no category"),
        (r"\p{IsElvish}", "there is no category"),
        (r"\pL", "a category is written"),
        (r"[\d-z]", "a range begins and ends with a character"),
        ("[a-z-[b-[c]]]", "only once"),
        ("a{2,1}", "repetition"),
        ("(", "missing"),
        ("[[a]]", "is written as"),
        ("a" * 5_000, "too long"),
    ],
)
def test_what_is_no_pattern_is_told(pattern: str, reason: str) -> None:
    with pytest.raises(FeelNull, match=reason):
        compile_pattern(pattern, "")
