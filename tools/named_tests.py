"""Tests that pages name by their names in ctest: whether they exist, told by their files."""
import os
import re

import source

PLACES = {
    "unit": lambda name: [f"tests/unit/{name.replace('.', '/', 1)}_test.c"],
    "cli": lambda name: [f"tests/cli/{name}_test.py"],
    "trace": lambda name: [f"tests/traces/{name.split('.')[0]}.trace"],
    "lint": lambda name: [f"tools/check_{name}"],
    "docs": lambda name: [f"docs/{name}.md"],
    "fuzz": lambda name: [f"fuzz/{name}.c"],
    "secrets": lambda name: [f"tests/secrets/{name}_test.c", f"tests/secrets/{name}.c"],
    "peers": lambda name: [f"tests/peers/{name}.py", f"tests/peers/{name}_test.c"],
    "properties": lambda name: ["tests/properties/run.c"] if name in ("streams", "datagrams") else [],
}


def is_group(kind, name):
    """Those of tests/peers that are made from a list of PEER/DIRECTION."""
    page = "tests/peers/CMakeLists.txt"
    return kind == "peers" and os.path.exists(os.path.join(source.root(), page)) and \
        re.search(rf"\s{re.escape(name.replace('.', '/'))}[\s)]", source.read(page)) is not None


def exists(test):
    kind, _, name = test.partition(".")
    places = PLACES.get(kind, lambda rest: [f"tests/{kind}/{rest}_test.c"])(name)
    return any(os.path.exists(os.path.join(source.root(), place)) for place in places) or is_group(kind, name)


def findings(page):
    """What is wrong with the page's tables: the last column of each row names tests, and these exist."""
    found = []
    lines = source.read(page).split("\n")
    for number, line in enumerate(lines, 1):
        is_head = number < len(lines) and lines[number].startswith("|--")
        if not line.startswith("| ") or is_head:
            continue
        tests = re.findall(r"`([^`]+)`", line.rstrip(" |").rsplit("|", 1)[1])
        found += [(page, number, f"{test} is no test") for test in tests if not exists(test)]
        if not tests:
            found.append((page, number, "no test is named"))
    return found
