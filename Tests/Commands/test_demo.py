from commands_support import validate


def test_the_demonstration_shows_what_it_claims(gatepost):
    result = gatepost("demo", "--once", "--json")
    assert result.status == 0, result
    answer = result.json
    validate(answer, "demo")
    assert answer["ok"] and all(attempt["expected"] for attempt in answer["attempts"])
    assert len({attempt["id"] for attempt in answer["attempts"]}) == len(answer["attempts"])
