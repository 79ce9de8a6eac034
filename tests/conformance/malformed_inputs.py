# SPDX-License-Identifier: BSD-2-Clause
"""Inputs of daotp-conformance that are not as they should be: malformed_inputs.py PROGRAM VECTORS.

Each ends with a status and with words; a case that cannot be understood is one that failed, and
the cases beside it are judged all the same."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

program, vectors = sys.argv[1], pathlib.Path(sys.argv[2])
limbo = json.loads((vectors / "limbo/limbo.json").read_text())
good = next(t for t in limbo["testcases"] if t["id"] == "webpki::san::exact-dns-san")
manifest = json.loads((vectors / "pkits/manifest.json").read_text())
test = next(t for t in manifest["tests"] if t["id"] == "4.1.1")
folder = pathlib.Path(tempfile.mkdtemp())
failures = 0


def run(name, options, status, last, words):
    """last: of standard output, None for nothing; words: somewhere in standard error."""
    global failures
    done = subprocess.run([program, *options], capture_output=True, text=True, timeout=60,
                          errors="replace")
    out = done.stdout.splitlines()
    if (done.returncode != status or (out[-1] if out else None) != last
            or words not in done.stderr or "Sanitizer" in done.stderr):
        failures += 1
        print(f"not ok: {name}: {done.returncode}\n{done.stdout}{done.stderr}")


def write(name, text):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def without(of, *keys):
    return {k: v for k, v in of.items() if k not in keys}


PASSED, FAILED, BOTH = "1 passed, 0 failed", "0 passed, 1 failed", "1 passed, 1 failed"

# ---- the program itself ----
run("help", ["--help"], 0, "example: daotp-conformance --pkits vectors/pkits --limbo "
    "vectors/limbo/limbo.json", "")
for options in (["--no-such-option"], [], ["--pkits"], ["--limbo", "x", "y"],
                ["--limbo", "x", "--rules", "none"]):
    run(f"usage {options}", options, 64, None, "usage: daotp-conformance")

# ---- x509-limbo: the file ----
for name, text, words in (
        ("is not there", None, "No such file"),
        ("empty", "", "limbo.json: "),
        ("no JSON", "-----BEGIN CERTIFICATE-----", "limbo.json: "),
        ("no UTF-8", b"{\"testcases\": \"\xff\"}", "limbo.json: "),
        ("cut", json.dumps({"testcases": [good]})[:500], "limbo.json: "),
        ("deep", "[" * 100000, "limbo.json: "),
        ("a list", "[]", "no list of testcases"),
        ("no testcases", '{"version": 1}', "no list of testcases"),
        ("testcases no list", '{"testcases": {"id": "x"}}', "no list of testcases"),
        ("none", '{"version": 1, "testcases": []}', "no case was run")):
    path = str(folder / "limbo.json") if text is None else write("limbo.json", text)
    run(f"limbo {name}", ["--limbo", path], 66, None, words)
    if text is not None:
        os.unlink(path)
run("limbo folder", ["--limbo", str(folder)], 66, None, str(folder))


# ---- x509-limbo: a case ----
def limbo_case(name, case, status, last, words="", options=()):
    path = write("limbo.json", json.dumps({"testcases": [case]}))
    run(f"limbo case {name}", ["--limbo", path, *options], status, last, words)


limbo_case("as it is", good, 0, PASSED)
limbo_case("nothing selected", good, 66, None, "no case was run", ["--only", "no*"])
limbo_case("with more fields", good | {"new": [1], "features": ["new-one", None, 5],
                                       "importance": 7}, 0, PASSED)
limbo_case("of another namespace", good | {"id": "new::thing"}, 0, PASSED)
limbo_case("without namespace", good | {"id": "thing"}, 0, PASSED)
limbo_case("with the least", without(good, "conflicts_with", "features", "importance",
                                     "description", "peer_certificate_key", "crls",
                                     "signature_algorithms", "key_usage", "extended_key_usage",
                                     "expected_peer_names", "max_chain_depth"), 0, PASSED)
limbo_case("with null", good | {k: None for k in ("features", "crls", "untrusted_intermediates",
                                                  "extended_key_usage", "expected_peer_names",
                                                  "max_chain_depth")}, 0, PASSED)
for name, change, words in (
        ("no expected_result", {"expected_result": None}, "expected_result"),
        ("another expected_result", {"expected_result": "MAYBE"}, "expected_result"),
        ("no peer_certificate", {"peer_certificate": None}, "peer_certificate"),
        ("peer_certificate a number", {"peer_certificate": 5}, "peer_certificate"),
        ("trusted_certs a text", {"trusted_certs": "x"}, "trusted_certs"),
        ("an intermediate a number", {"untrusted_intermediates": [5]}, "untrusted_interm"),
        ("crls an object", {"crls": {}}, "crls"),
        ("a time that is none", {"validation_time": "yesterday"}, "validation_time"),
        ("a time that is a number", {"validation_time": 5}, "validation_time"),
        ("a purpose that is a number", {"extended_key_usage": [5]}, "purpose"),
        ("many purposes", {"extended_key_usage": ["1.2.3"] * 1000}, "purpose"),
        ("a name of another kind", {"expected_peer_name": {"kind": "URI", "value": "x"}}, "name"),
        ("a name without value", {"expected_peer_name": {"kind": "DNS"}}, "name"),
        ("a name with a NUL", {"expected_peer_name": {"kind": "DNS", "value": "a\0b"}}, "name"),
        ("a name that is a text", {"expected_peer_name": "x"}, "name"),
        ("names, one a number", {"expected_peer_names": [5]}, "name"),
        ("many names", {"expected_peer_names": [good["expected_peer_name"]] * 1000}, "names"),
        ("no id", {"id": None}, "no id"),
        ("an empty id", {"id": ""}, "no id")):
    limbo_case(name, good | change, 1, FAILED, words)
for name, case in (("a number", 5), ("null", None), ("a list", []), ("an empty object", {})):
    limbo_case(name, case, 1, FAILED, "case 1: no id")
limbo_case("no JSON inside", good | {"peer_certificate": "rubbish"}, 1, FAILED)
limbo_case("no anchors", good | {"trusted_certs": []}, 1, FAILED)
limbo_case("no anchors, refused", good | {"trusted_certs": [], "expected_result": "FAILURE"}, 0,
           PASSED)
limbo_case("purposes that are none", good | {"extended_key_usage": ["no oid"]}, 1, FAILED)
for depth in (-1, 0, 1000, 10**15):
    limbo_case(f"depth {depth}", good | {"max_chain_depth": depth}, 0, PASSED)
path = write("limbo.json", json.dumps({"testcases": [5, good]}))
run("limbo: a good one beside", ["--limbo", path], 1, BOTH, "case 1: no id")
run("limbo: twice", ["--limbo", path, "--limbo", path], 1, "2 passed, 2 failed", "")
run("limbo: subset", ["--subset", "--limbo", path], 1, BOTH, "case 1: no id")


# ---- PKITS ----
def pkits(name, text, status, last, words=""):
    write("manifest.json", text if isinstance(text, (str, bytes)) else json.dumps(text))
    run(f"pkits {name}", ["--pkits", str(folder)], status, last, words)


os.symlink((vectors / "pkits/certs").resolve(), folder / "certs")
os.symlink((vectors / "pkits/crls").resolve(), folder / "crls")
run("pkits is not there", ["--pkits", str(folder / "none")], 66, None, "manifest.json: unable")
run("pkits without manifest", ["--pkits", str(folder)], 66, None, "manifest.json: unable")
run("pkits is a file", ["--pkits", write("x", "x")], 66, None, "manifest.json: unable")
pkits("no JSON", "x", 66, None, "manifest.json: ")
pkits("a list", [], 66, None, "no list of tests")
pkits("no tests", without(manifest, "tests"), 66, None, "no list of tests")
pkits("none", manifest | {"tests": []}, 66, None, "no case was run")
pkits("no time", without(manifest, "validation_time") | {"tests": [test]}, 66, None, "_time")
pkits("time a number", manifest | {"validation_time": 1, "tests": [test]}, 66, None, "_time")
pkits("as it is", manifest | {"tests": [test]}, 0, PASSED)
pkits("with more fields", manifest | {"new": 1, "tests": [test | {"new": [1]}]}, 0, PASSED)
pkits("with the least", {"validation_time": manifest["validation_time"],
                         "tests": [without(test, "section", "section_name", "test", "subpart",
                                           "name", "extra_certs", "settings",
                                           "expected_user_constrained_policy_set")]}, 0, PASSED)
for name, change, words in (
        ("no expected", {"expected": None}, "expected is neither"),
        ("another expected", {"expected": "perhaps"}, "expected is neither"),
        ("no chain", {"chain": []}, "no chain"),
        ("chain a text", {"chain": "x"}, "no chain"),
        ("chain of numbers", {"chain": [1, 2]}, "name of a file"),
        ("no anchor", {"trust_anchor": None}, "name of a file"),
        ("a file that is not there", {"crls": ["crls/none.crl"]}, "none.crl cannot be read"),
        ("a folder for a file", {"crls": ["crls"]}, "crls cannot be read"),
        ("a long name", {"crls": ["x" * 5000]}, "too long"),
        ("policies of numbers", {"settings": {"initial_policy_set": [1]}}, "policy"),
        ("many policies", {"settings": {"initial_policy_set": ["1.2.3"] * 1000}}, "policy"),
        ("a set of numbers", {"expected_user_constrained_policy_set": [1]}, "policy"),
        ("no id", {"id": 4}, "no id")):
    pkits(name, manifest | {"tests": [test | change]}, 1, FAILED, words)
    pkits(f"{name}, and a good one", manifest | {"tests": [test | change, test]}, 1, BOTH, words)
pkits("another set", manifest | {"tests": [test | {"expected_user_constrained_policy_set": []}]},
      1, FAILED)
pkits("a case a number", manifest | {"tests": [5]}, 1, FAILED, "case 1: no id")
(folder / "certs").unlink()
pkits("without its certificates", manifest | {"tests": [test]}, 1, FAILED, "cannot be read")

subprocess.run(["rm", "-rf", str(folder)], check=True)
print("ok" if failures == 0 else f"{failures} not ok")
sys.exit(failures != 0)
