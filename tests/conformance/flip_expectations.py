# SPDX-License-Identifier: BSD-2-Clause
"""One case of each suite, with its answer turned round: flip_expectations.py VECTORS FOLDER."""
import json
import pathlib
import sys

vectors, folder = (pathlib.Path(a) for a in sys.argv[1:])

manifest = json.loads((vectors / "pkits/manifest.json").read_text())
manifest["tests"] = [t | {"expected": "fail"} for t in manifest["tests"] if t["id"] == "4.1.1"]
(folder / "pkits").mkdir()
(folder / "pkits/manifest.json").write_text(json.dumps(manifest))
for name in ("certs", "crls"):
    (folder / "pkits" / name).symlink_to((vectors / "pkits" / name).resolve())

limbo = json.loads((vectors / "limbo/limbo.json").read_text())
limbo["testcases"] = [t | {"expected_result": "FAILURE"} for t in limbo["testcases"]
                      if t["id"] == "webpki::san::exact-dns-san"]
(folder / "limbo.json").write_text(json.dumps(limbo))
