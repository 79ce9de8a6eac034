# SPDX-License-Identifier: BSD-2-Clause
"""As much of JSON Schema (2020-12) as docs/manual/schema uses, and stricter: a member that no schema names is an
error, so that none is left undescribed."""
import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs/manual/schema"
TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "null": type(None),
         "number": (int, float)}
KNOWN = {"$schema", "title", "description", "$defs", "$ref", "anyOf", "type", "const", "enum", "properties", "required",
         "additionalProperties", "items"}


def load(name):
    return json.loads((FOLDER / name).read_text())


def resolve(ref, here):
    name, _, pointer = ref.partition("#")
    document = load(name) if name else here
    schema = document
    for part in pointer.strip("/").split("/") if pointer.strip("/") else []:
        schema = schema[part]
    return schema, document


def is_of_type(value, names):
    for name in [names] if isinstance(names, str) else names:
        if isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool)):
            return True
    return False


def object_errors(value, schema, here, at):
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: no member '{name}'"
    others = schema.get("additionalProperties")
    for name, member in value.items():
        one = schema.get("properties", {}).get(name, others)
        if one is None:
            yield f"{at}: the schema has no member '{name}'"
        else:
            yield from errors(member, one, here, f"{at}.{name}")


def errors(value, schema, here, at="$"):
    """What is wrong with the value, a line each."""
    unknown = set(schema) - KNOWN
    assert not unknown, f"the validator does not know {unknown}"
    if "$ref" in schema:
        yield from errors(value, *resolve(schema["$ref"], here), at)
    if "anyOf" in schema:
        tries = [list(errors(value, one, here, at)) for one in schema["anyOf"]]
        if all(tries):
            yield min(tries, key=len)[0]
    if "type" in schema and not is_of_type(value, schema["type"]):
        yield f"{at}: {json.dumps(value)[:80]} is no {schema['type']}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {json.dumps(value)[:80]} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {json.dumps(value)[:80]} is none of {schema['enum']}"
    if isinstance(value, dict) and ("properties" in schema or "additionalProperties" in schema):
        yield from object_errors(value, schema, here, at)
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            yield from errors(item, schema["items"], here, f"{at}[{i}]")


def check(value, name):
    """Errors of a value by the schema of a command."""
    schema = load(f"{name}.json")
    return list(errors(value, schema, schema))
