import json

import jsonschema
import pytest
from commands_support import SCHEMAS

FILES = sorted(SCHEMAS.glob("*.schema.json"))


def test_there_are_schemas():
    assert len(FILES) >= 6


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_schema_is_one(path):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith("/" + path.name)


def objects(schema):
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_object_says_all_its_keys(path):
    for schema in objects(json.loads(path.read_text())):
        assert schema["additionalProperties"] is False
        assert set(schema["required"]) <= set(schema["properties"])
