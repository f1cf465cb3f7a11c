import json

from commands_support import POLICY, validate


def diff(gatepost, tmp_path, old, new, *flags):
    (tmp_path / "old.conf").write_text(old)
    (tmp_path / "new.conf").write_text(new)
    return gatepost("diff", "old.conf", "new.conf", *flags)


def test_equal_rights_in_another_text_are_status_0(gatepost, tmp_path):
    other = POLICY.replace("192.0.2.0/24\n", "192.0.2.128/25 192.0.2.0-192.0.2.127\n").replace("office LAN", "the office")
    result = diff(gatepost, tmp_path, POLICY, other)
    assert result.status == 0 and result.out == "The same rights.\n", result
    answer = diff(gatepost, tmp_path, POLICY, other, "--json").json
    validate(answer, "diff")
    assert answer == {
        "gained": [], "lost": [], "limits": [], "deliveries": [], "addressFormsDiffer": False, "complete": True,
        "effortSpentOn": None}


def test_who_gains_and_who_loses_with_the_rules_of_both(gatepost, tmp_path):
    new = POLICY.replace("192.0.2.66", "192.0.2.67")
    result = diff(gatepost, tmp_path, POLICY, new, "--json")
    assert result.status == 1
    validate(result.json, "diff")
    gained, lost = result.json["gained"], result.json["lost"]
    assert gained and all(g["client"] == ["192.0.2.66/32"] and g["rule"]["name"] == "office LAN" for g in gained)
    assert lost and all(g["client"] == ["192.0.2.67/32"] and g["otherwise"]["verdict"] == "reject" for g in lost)
    text = diff(gatepost, tmp_path, POLICY, new).out
    assert text.startswith("+ 192.0.2.66") and "\n- 192.0.2.67" in text
    assert 'permitted by "office LAN" (new.conf:' in text and "before: reject (no-rule)" in text and "witness: {" in text


def test_a_reject_moved_down_is_a_gain_that_names_it(gatepost, tmp_path):
    start, end = POLICY.index('    reject "suspended"'), POLICY.index('    permit "staff')
    block = POLICY[start:end]
    moved = POLICY.replace(block, "").replace("\n}\n\ntests {", "\n" + block + "}\n\ntests {")
    result = diff(gatepost, tmp_path, POLICY, moved)
    assert result.status == 1
    assert 'before: reject by "suspended" (old.conf:' in result.out and "\n- " not in result.out


def test_a_date_counts(gatepost, tmp_path):
    new = POLICY.replace("until   2027-03-31", "until   2027-06-30")
    assert diff(gatepost, tmp_path, POLICY, new, "--at", "2027-03-31").status == 0
    assert diff(gatepost, tmp_path, POLICY, new, "--at", "2027-04-01").status == 1


def test_address_forms_are_a_difference(gatepost, tmp_path):
    new = POLICY.replace("domains  example.com", "domains  example.com\n    address-tricks percent as-written")
    result = diff(gatepost, tmp_path, POLICY, new)
    assert result.status == 1 and "address-tricks" in result.out


LIMITED = POLICY.replace("sender  *@example.com\n", "sender  *@example.com\n        limit   200 recipients per hour for each login\n")
MORE = LIMITED.replace("200 recipients", "500 recipients")


def test_the_same_relaying_with_another_limit_is_a_change(gatepost, tmp_path):
    result = diff(gatepost, tmp_path, LIMITED, MORE)
    assert result.status == 1, result
    lines = result.out.splitlines()
    assert lines[0].startswith("> ") and "login any · sender *@example.com" in lines[0] and "witness: {" in lines[2]
    assert lines[1].startswith('    may send more: 500 recipients per 1h for each login by "staff, logged in" (new.conf:')
    assert 'before: 200 recipients per 1h for each login by "staff, logged in" (old.conf:' in lines[1]
    answer = diff(gatepost, tmp_path, LIMITED, MORE, "--json").json
    validate(answer, "diff")
    assert answer["gained"] == answer["lost"] == [] and answer["limits"]
    for change in answer["limits"]:
        assert change["effect"] == "more" and change["rule"]["name"] == "staff, logged in"
        assert change["limits"] == [{"count": 500, "unit": "recipients", "seconds": 3600, "each": "login", "thenReject": False}]
        assert change["before"]["rule"]["at"].startswith("old.conf:") and change["before"]["limits"][0]["count"] == 200
        permitted = gatepost("try", "--batch", "-c", "new.conf", stdin=json.dumps(change["witness"]) + "\n")
        assert permitted.json["rule"]["name"] == "staff, logged in"


def test_which_limits_bind_more(gatepost, tmp_path):
    def effects(old, new):
        return {change["effect"] for change in diff(gatepost, tmp_path, old, new, "--json").json["limits"]}

    assert effects(MORE, LIMITED) == {"fewer"}
    assert effects(POLICY, LIMITED) == {"fewer"} and effects(LIMITED, POLICY) == {"more"}
    assert effects(LIMITED, LIMITED.replace("per hour", "per day")) == {"otherwise"}
    assert effects(LIMITED, LIMITED.replace("200 recipients per hour", "200 messages per hour")) == {"otherwise"}
    assert effects(LIMITED, LIMITED.replace("each login", "each login then reject")) == set()


def test_a_rule_put_above_one_that_limits_is_a_change_though_nobody_gains(gatepost, tmp_path):
    new = LIMITED.replace(
        '    permit "staff', '    permit "anna without end" {\n        login   anna\n        sender  *@example.com\n    }\n    permit "staff')
    result = diff(gatepost, tmp_path, LIMITED, new)
    assert result.status == 1
    assert "login anna · sender *@example.com" in result.out and result.out.startswith("> ")
    assert 'may send more: no limit by "anna without end" (new.conf:' in result.out


def test_a_domain_that_becomes_local_is_everybodys_gain_and_nobodys_loss(gatepost, tmp_path):
    new = POLICY.replace("domains  example.com", "domains  example.com victim.example")
    result = diff(gatepost, tmp_path, POLICY, new)
    assert result.status == 1
    assert result.out.splitlines() == [
        "+ everybody · to *@victim.example, as delivery", "    local domains (new.conf:6); before: not local"]
    answer = diff(gatepost, tmp_path, POLICY, new, "--json").json
    validate(answer, "diff")
    assert answer["gained"] == answer["lost"] == []
    assert answer["deliveries"] == [
        {"gained": True, "to": "*@victim.example", "mailboxes": None, "at": "new.conf:6"}]
    assert diff(gatepost, tmp_path, new, POLICY).out.startswith("- everybody · to *@victim.example, as delivery\n")


def test_mailboxes_of_a_domain_are_held_against_each_other(gatepost, tmp_path):
    def listed(*names):
        (tmp_path / f"{names[-1]}.list").write_text("".join(f"{name}@example.com\n" for name in names))
        return POLICY.replace("domains  example.com", f"domains  example.com  recipients file:{names[-1]}.list")

    answer = diff(gatepost, tmp_path, listed("anna", "bert"), listed("anna", "carl"), "--json").json
    validate(answer, "diff")
    assert [(change["gained"], change["mailboxes"]) for change in answer["deliveries"]] == [
        (True, ["carl@example.com"]), (False, ["bert@example.com"])]


def test_a_line_of_its_own_for_what_a_wildcard_took_already_is_no_change(gatepost, tmp_path):
    old = POLICY.replace("domains  example.com", "domains  example.com *.example.com")
    new = POLICY.replace("domains  example.com", "domains  example.com *.example.com\n    domains  deep.in.example.com *.in.example.com")
    assert diff(gatepost, tmp_path, old, new).status == 0
