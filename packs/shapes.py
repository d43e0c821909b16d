"""Says whether a css selector or an xpath can be read at all, so that a slip of the pen is found without a browser."""

import re

import tinycss2
from cssselect2 import SelectorError
from cssselect2 import parser as selectors
from lxml import etree

_FUNCTION_NAMES = """
    boolean ceiling comment concat contains count false floor id lang last local-name name namespace-uri node
    normalize-space not number position processing-instruction round starts-with string string-length substring
    substring-after substring-before sum text translate true
"""
_XPATH_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
"""XPath 1.0, sections 2.3 and 4: browsers know no later one."""

_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"([A-Za-z][\w-]*)\s*\(")


def css_error(selector: str) -> str | None:
    """What is wrong with a css selector, in words for its author; None when it can be read."""
    parts = tinycss2.parse_component_value_list(selector)
    for bracket, closing in (("[", "]"), ("(", ")")):
        # Browsers close at the end what was left open, and so does the parser; the author meant something else.
        if tinycss2.serialize(parts).count(closing) > selector.count(closing):
            return f"this is not a css selector: a '{bracket}' is not closed"
    try:
        list(selectors.parse(parts))
    except SelectorError:
        return "this is not a css selector; look at its brackets, quotes and commas"
    return None


def xpath_error(path: str) -> str | None:
    """What is wrong with an xpath, in words for its author; None when it can be read."""
    try:
        etree.XPath(path)
    except etree.XPathSyntaxError as error:
        return f"this is not an xpath ({str(error).lower()}); look at its brackets and quotes"
    for name in _CALL.findall(_LITERAL.sub("''", path)):
        if name not in _XPATH_FUNCTIONS and name not in ("and", "or", "div", "mod"):
            return f"browsers know no xpath function '{name}'; they know XPath 1.0 alone"
    return None
