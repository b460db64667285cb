"""What the lints share: the C files of a tree, their code without comments and strings, their functions, and reports."""
import collections
import os
import re
import sys

Function = collections.namedtuple("Function", "name line last static body")


def root():
    """The tree to look at: the first argument, else this repository."""
    return sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def files(*folders, ends=(".c", ".h", ".def")):
    """Paths below the root's folders, with / and relative to the root."""
    found = []
    for folder in folders:
        for place, folders_in, names in os.walk(os.path.join(root(), folder)):
            folders_in[:] = sorted(name for name in folders_in if name != "corpus")
            found += [os.path.relpath(os.path.join(place, name), root()) for name in sorted(names)
                      if name.endswith(ends)]
    return found


def read(path):
    with open(os.path.join(root(), path), encoding="utf-8", errors="replace") as file:
        return file.read()


def code(text):
    """The text with comments, strings and characters blanked out; lines stay where they are."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def functions(text):
    """The functions of a C file that is formatted as ours are: { and } of a function stand alone in column 0."""
    lines, found = code(text).split("\n"), []
    for first, line in enumerate(lines):
        if line.rstrip() != "{":
            continue
        head = first
        while head > 0 and lines[head - 1].strip() and not re.match(r"[#}]|.*[;}]$|\s*$", lines[head - 1]):
            head -= 1
        last = next((i for i in range(first, len(lines)) if lines[i].startswith("}")), len(lines) - 1)
        declaration = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", " ".join(lines[head:first]))
        name = re.search(r"(\w+)\s*\(", declaration)
        if name:
            found.append(Function(name.group(1), head + 1, last + 1, bool(re.search(r"\bstatic\b", declaration)),
                                  "\n".join(lines[first:last + 1])))
    return found


def finish(rule, remedy, findings):
    """Prints (path, line, what) each with its rule and remedy; leaves with 1 when there are any."""
    for path, line, what in findings:
        print(f"{path}:{line}: {what}\n    rule: {rule}\n    remedy: {remedy}")
    name = os.path.basename(sys.argv[0])
    print(f"{name}: {len(findings)} findings" if findings else f"{name}: fine")
    sys.exit(1 if findings else 0)
