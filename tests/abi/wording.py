#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How names, statements and headers are worded: what docs/manual/style.md asks for and a program can count.

  wording.py SOURCE         fail when a rule is broken, and print each place
"""
import collections
import pathlib
import re
import sys

RULES = (
    "static functions whose name is one word",
    "static names that several files of the library have",
    "static predicates (is_, has_, can_, must_) that do not return bool",
    "statements of library, tool and lab with two ?:",
    "public functions without a brief line",
    "public functions without @param for each parameter",
    "public functions without @return",
    "public functions without @since",
    "public functions that say \"Since\" in prose",
    "public functions whose @return names a status and not when it is returned",
)
PIECE = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)+'", re.S)
STATIC = re.compile(r"^static\s+(?!inline\s+const\b)([^;={}()]*?)\b(\w+)\(([^;{}]*)\)\s*\{", re.M)
STATUS = ("DAOTP_(?:AGAIN|CHALLENGE|USAGE|CONFIGURATION|MEMORY|NETWORK|PEER|TIMEOUT|REJECTED|UNDECIDED|CANCELLED|"
          "INTERNAL)")
PUBLIC = re.compile(r"(?:/\*\*((?:(?!\*/).)*)\*/\s*)?\bDAOTP_API\b([^;(]*?)\b(daotp_\w+)\s*\(([^;]*)\);", re.S)


def code_of(text):
    """Without comments, what strings hold, and preprocessor lines; lines stay where they are."""
    def without(match):
        kept = "".join(re.findall(r"\n", match.group(0)))
        return (match.group(0)[0] * 2 if match.group(0)[0] in "\"'" else " ") + kept
    text = PIECE.sub(without, text)
    return re.sub(r"^[ \t]*#(?:.*\\\n)*.*", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.M)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def look_at_statics(name, text, found, files):
    for match in STATIC.finditer(text):
        kind, function = match.group(1), match.group(2)
        if name.startswith("libdaotp/"):
            files[function].add(name)
        if "_" not in function:
            found["static functions whose name is one word"].append(f"{name}:{line_of(text, match.start())}: {function}")
        if re.match(r"(is|has|can|must)_", function) and "bool" not in kind.split():
            found["static predicates (is_, has_, can_, must_) that do not return bool"].append(
                f"{name}:{line_of(text, match.start())}: {function}")


def statements_of(text):
    """Each statement and where it begins. Braces in parentheses, of a compound literal, end none."""
    begin = depth = 0
    for match in re.finditer(r"[;{}()]", text):
        sign = match.group(0)
        depth = max(0, depth + (sign == "(") - (sign == ")"))
        if sign == ";" or (sign in "{}" and depth == 0):
            yield begin, text[begin:match.start()]
            begin = match.end()


def look_at_statements(name, text, found):
    for begin, statement in statements_of(text):
        if statement.count("?") > 1:
            start = begin + len(statement) - len(statement.lstrip())
            found["statements of library, tool and lab with two ?:"].append(
                f"{name}:{line_of(text, start)}: {' '.join(statement.split())[:80]}")


def parameters_of(text):
    """The names of a declaration's parameters."""
    parts = re.sub(r"\[[^\]]*\]", "", text).split(",")
    return [re.search(r"(\w+)\s*$", part).group(1) for part in parts if part.strip() != "void"]


def says_when(text):
    """Is each status of a @return, other than DAOTP_OK, followed by the condition under which it is returned?"""
    pieces = re.split(r"\b(" + STATUS + r")\b", " ".join(text.split()))
    conditions = [re.sub(r"\b(and|or)\b", "", pieces[i + 1].split(";")[0]) for i in range(1, len(pieces), 2)]
    return all(re.search(r"[a-z]{2}", condition) for condition in conditions)


def look_at_header(name, text, found):
    for match in PUBLIC.finditer(text):
        comment, kind, function, parameters = match.groups()
        comment = re.sub(r"^\s*\*", "", comment or "", flags=re.M)
        described = {word for words in re.findall(r"@param(?:\[[\w,]+\])?\s+(\w+(?:,\s*\w+)*)", comment)
                     for word in re.split(r",\s*", words)}
        wrong = {
            "without a brief line": not re.match(r"\s*[^@\s]", comment),
            "without @param for each parameter": not set(parameters_of(parameters)) <= described,
            "without @return": kind.split() != ["void"] and "@return " not in comment,
            "without @since": not re.search(r"@since \d+\.\d+", comment),
            "that say \"Since\" in prose": re.search(r"\bSince\s+\d", comment) is not None,
            "whose @return names a status and not when it is returned": "daotp_status" in kind.split() and
                not says_when("".join(re.findall(r"@return(.*?)(?=@since|\Z)", comment, re.S))),
        }
        for what, is_so in wrong.items():
            if is_so:
                found["public functions " + what].append(f"{name}:{line_of(text, match.start(3))}: {function}")


def look(files):
    """What is wrong in {name: text}."""
    found, where = {rule: [] for rule in RULES}, collections.defaultdict(set)
    for name, text in sorted(files.items()):
        if name.startswith("include/"):
            look_at_header(name, text, found)
            continue
        text = code_of(text)
        look_at_statements(name, text, found)
        look_at_statics(name, text, found, where)
    found["static names that several files of the library have"] = [
        f"{function}: {', '.join(sorted(names))}" for function, names in sorted(where.items()) if len(names) > 1]
    return found


SAMPLE = {
    "libdaotp/a.c": "static int begin(void)\n{\n    return a ? b : c ? 1 : 2; /* ? */\n}\nstatic int is_good(int a)\n{\n}\n",
    "libdaotp/b.c": "static int begin(void)\n{\n    return a ? '?' : 1;\n}\nstatic bool has_it(void) { return \"??\"; }\n",
    "include/daotp/a.h": "DAOTP_API int daotp_a(int x);\n/** Text. Since 0.1. */\nDAOTP_API void daotp_b(void);\n"
                         "/**\n * Text.\n * @param x,y  two\n * @return one\n * @since 0.1\n */\nDAOTP_API int daotp_c(int x, int *y);\n"
                         "/** T.\n * @return DAOTP_OK, DAOTP_USAGE or DAOTP_MEMORY when it ran out @since 0.1 */\n"
                         "DAOTP_API daotp_status daotp_d(void);\n"
                         "/** T.\n * @return DAOTP_OK; DAOTP_PEER (X-Y) when so @since 0.1 */\n"
                         "DAOTP_API daotp_status daotp_e(void);\n",
}

FOLDERS = ("include", "libdaotp", "examples", "libdaotp-pkcs11", "store-pkcs11", "store-redis")


def test_itself():
    """Each rule is seen where it is broken, and nowhere else."""
    counts = [len(places) for places in look(SAMPLE).values()]
    assert counts == [2, 1, 1, 1, 1, 1, 1, 2, 1, 1], counts


def main():
    top = pathlib.Path(sys.argv[1])
    paths = [path for folder in FOLDERS for path in (top / folder).rglob("*.[ch]")]
    test_itself()
    assert len(paths) > 100, paths
    bad = 0
    for rule, places in look({str(path.relative_to(top)): path.read_text() for path in paths}).items():
        bad += len(places)
        print(f"{'not ok' if places else 'ok'} - {len(places)} {rule}", *places, sep="\n    ")
    return bad != 0


sys.exit(main())
