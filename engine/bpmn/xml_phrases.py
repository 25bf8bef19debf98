"""What libxml2 says of a file: that it is no XML, or not what its schema allows. As phrases, so that it can be said in another language."""

from __future__ import annotations

import re
from typing import Final

from engine.phrases import Phrase, recognised

_NAMESPACES: Final = re.compile(r"\{[^}' ]*\}")
_VARIETIES: Final = re.compile(r"\b(local )?(atomic|list|union) type\b")
_OTHER: Final = "“{said}”"

_SYNTAX: Final = (
    Phrase("Opening and ending tag mismatch: {open} line {line} and {close}"),
    Phrase("Premature end of data in tag {tag} line {line}"),
    Phrase("Couldn't find end of Start Tag {tag} line {line}"),
    Phrase("Couldn't find end of Start Tag {tag}"),
    Phrase("Document is empty"),
    Phrase("no element found"),
    Phrase("Start tag expected, '<' not found"),
    Phrase("Extra content at the end of the document"),
    Phrase("StartTag: invalid element name"),
    Phrase("EndTag: '</' not found"),
    Phrase("expected '>'"),
    Phrase("Attribute {name} redefined"),
    Phrase("AttValue: \" or ' expected"),
    Phrase("AttValue: ' expected"),
    Phrase("attributes construct error"),
    Phrase("error parsing attribute name"),
    Phrase("Specification mandates value for attribute {name}"),
    Phrase("Unescaped '<' not allowed in attributes values"),
    Phrase("Namespace prefix {prefix} for {attribute} on {name} is not defined"),
    Phrase("Namespace prefix {prefix} on {name} is not defined"),
    Phrase("Entity '{name}' not defined"),
    Phrase("xmlParseEntityRef: no name"),
    Phrase("EntityRef: expecting ';'"),
    Phrase("xmlParseCharRef: invalid xmlChar value {number}"),
    Phrase("PCDATA invalid Char value {number}"),
    Phrase("Invalid bytes in character encoding"),
    Phrase("Comment not terminated"),
    Phrase("CData section not finished"),
    Phrase("XML declaration allowed only at the start of the document"),
)

_SCHEMA: Final = (
    Phrase("Element '{name}': This element is not expected. Expected is one of ( {expected} )."),
    Phrase("Element '{name}': This element is not expected. Expected is ( {expected} )."),
    Phrase("Element '{name}': This element is not expected."),
    Phrase("Element '{name}': Missing child element(s). Expected is one of ( {expected} )."),
    Phrase("Element '{name}': Missing child element(s). Expected is ( {expected} )."),
    Phrase("Element '{name}': Missing child element(s)."),
    Phrase("Element '{name}': No matching global declaration available for the validation root."),
    Phrase("Element '{name}', attribute '{attribute}': The attribute '{same}' is not allowed."),
    Phrase("Element '{name}': The attribute '{attribute}' is required but missing."),
    Phrase("Element '{name}', attribute '{attribute}': '{value}' is not a valid value of the type '{type}'."),
    Phrase("Element '{name}': '{value}' is not a valid value of the type '{type}'."),
    Phrase(
        "Element '{name}', attribute '{attribute}': [facet '{facet}'] The value '{value}' is not an element of the set {{{expected}}}.",
    ),
    Phrase("Element '{name}', attribute '{attribute}': [facet '{facet}'] The value '{value}' is not accepted by the pattern '{pattern}'."),
    Phrase("Element '{name}': [facet '{facet}'] The value '{value}' is not an element of the set {{{expected}}}."),
    Phrase("Element '{name}': [facet '{facet}'] The value '{value}' is not accepted by the pattern '{pattern}'."),
    Phrase("Element '{name}': Character content other than whitespace is not allowed because the content type is 'element-only'."),
    Phrase("Element '{name}': Character content is not allowed, because the content type is empty."),
    Phrase("Element '{name}': Element content is not allowed, because the content type is empty."),
    Phrase("Element '{name}': Element content is not allowed, because the type definition is simple."),
    Phrase("Element '{name}': The type definition is abstract."),
    Phrase("Element '{name}': The element declaration is abstract."),
    Phrase("Element '{name}': The QName value '{value}' of the xsi:type attribute does not resolve to a type definition."),
)


def syntax(message: str) -> Phrase:
    """Why a file is not well-formed."""
    return recognised(message.partition("\n")[0].strip(), _SYNTAX, _OTHER)


def schema(message: str) -> Phrase:
    """What a schema does not allow; names come without their namespaces."""
    plain = _VARIETIES.sub("type", _NAMESPACES.sub("", message))
    return recognised(" ".join(plain.split()), _SCHEMA, _OTHER)
