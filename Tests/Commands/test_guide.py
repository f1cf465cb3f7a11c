"""The guide, and the emulations that `demo` shows."""

import json
import pathlib

import pytest
from commands_support import validate

DOCS = pathlib.Path(__file__).parents[2] / "docs" / "guide"
SYSTEMS = [
    "sendmail-5", "sendmail-8.8", "sendmail-8.9+", "pop-before-smtp", "ipass", "eudora-worldmail", "exchange-5.5-ims",
    "iis-smtp", "exchange-receive-connector", "groupwise-gwia", "groupwise-gwsmtp", "mercury", "mx-openvms", "ntmail",
    "domino-r4-mta", "domino-config-doc", "quickmail-pro", "appleshare-ip-6",
]


def test_the_list_has_every_system(gatepost):
    result = gatepost("guide")
    assert result.status == 0 and all(f"\n{system} " in result.out for system in SYSTEMS)
    answer = json.loads(gatepost("guide", "--json").out)
    validate(answer, "guide-list")
    assert [row["system"] for row in answer["systems"]] == SYSTEMS


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_page_is_the_same_in_the_terminal_in_docs_and_in_json(gatepost, system):
    page = gatepost("guide", system)
    assert page.status == 0 and page.err == ""
    for heading in ["AS DELIVERED", "THE SWITCH", "WHAT YOU LOSE", "WHAT IT STILL CANNOT DO", "HOW TO TEST", "GATEPOST IN FRONT"]:
        assert heading in page.out
    assert "swaks --server" in page.out
    assert gatepost("guide", system, "--format", "markdown").out == (DOCS / f"{system}.md").read_text()
    answer = json.loads(gatepost("guide", system, "--json").out)
    validate(answer, "guide")
    assert answer["system"] == system


@pytest.mark.parametrize("alias, system", [("exchange-5.5", "exchange-5.5-ims"), ("GWIA", "groupwise-gwia"), ("mx", "mx-openvms"), ("sendmail", "sendmail-8.9+")])
def test_people_have_other_names_for_them(gatepost, alias, system):
    assert gatepost("guide", alias).out == gatepost("guide", system).out


def test_a_symptom_is_found_by_its_words(gatepost):
    result = gatepost("guide", "relaying", "denied")
    assert result.status == 0 and "sendmail-8.9+: " in result.out and "groupwise-gwia: " in result.out
    answer = json.loads(gatepost("guide", "553", "SKIP", "--json").out)
    validate(answer, "guide-search")
    assert [match["system"] for match in answer["matches"]] == ["sendmail-8.9+"]


def test_systems_are_found_by_their_names(gatepost):
    assert gatepost("guide", "Lotus", "Notes").out == gatepost("guide", "domino-r4-mta").out
    assert gatepost("guide", "qualcomm").out == gatepost("guide", "eudora-worldmail").out
    several = gatepost("guide", "microsoft", "exchange")
    assert several.status == 0 and all(f"\n{system} " in several.out for system in ["exchange-5.5-ims", "iis-smtp", "exchange-receive-connector"])
    assert "mercury" not in several.out
    answer = json.loads(gatepost("guide", "microsoft", "exchange", "--json").out)
    validate(answer, "guide-list")
    assert len(answer["systems"]) == 3


def test_what_is_not_found(gatepost):
    assert gatepost("guide", "flying", "carpet").status == 1
    result = gatepost("guide", "sendmial")
    assert result.status == 2 and "sendmail-8.9+" in result.err


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_emulation_is_open_alone_and_closed_behind_the_gate(gatepost, system):
    result = gatepost("demo", system, "--once", "--json")
    answer = json.loads(result.out)
    validate(answer, "demo")
    assert result.status == 0 and answer["ok"] and answer["system"] == system and answer["emulation"] is True
    attempts = answer["attempts"]
    assert len(attempts) >= 30 and all(attempt["expected"] for attempt in attempts)
    assert any(attempt["unguarded"].startswith("went out") for attempt in attempts if attempt["id"] not in ("office",))
    wanted = {attempt["id"]: attempt for attempt in attempts if attempt["id"] in ("inbound", "bounce", "office")}
    assert wanted["inbound"]["guarded"] == "delivered"


def test_it_says_plainly_that_it_is_an_emulation(gatepost):
    result = gatepost("demo", "mercury", "--once")
    assert result.status == 0 and "This is an emulation" in result.out


def test_a_setting_that_is_closed_alone_proves_nothing(gatepost):
    result = gatepost("demo", "mercury", "--setting", "strict", "--once")
    assert result.status == 1 and "relayed 0 of" in result.out


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["demo", "nosuch", "--once"], "is not a system"),
        (["demo", "mercury", "--setting", "nosuch", "--once"], "there are normal (normal mode, as delivered)"),
        (["demo", "--setting", "strict", "--once"], "needs a system"),
    ])
def test_wrong_names_list_the_right_ones(gatepost, arguments, said):
    result = gatepost(*arguments)
    assert result.status == 2 and said in result.err
