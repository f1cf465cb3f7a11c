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
    assert answer == {"gained": [], "lost": [], "addressFormsDiffer": False, "complete": True}


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
