"""What the tests of the commands share: an example policy, and the schemas of docs/json."""

import json
import pathlib

import jsonschema

SCHEMAS = pathlib.Path(__file__).parents[2] / "docs" / "json"
CORPUS = pathlib.Path(__file__).parents[2] / "Corpus" / "configurations"

POLICY = """\
version 1

networks  office  192.0.2.0/24

local {
    domains  example.com
}

refuse {
    reject "known bad" {
        from  203.0.113.66
    }
}

relay {
    reject "suspended" {
        sender  gone@example.com
        reply   550 5.7.1 "Account suspended"
    }
    permit "staff, logged in" {
        login   any
        sender  *@example.com
    }
    permit "until spring" {
        from    198.51.100.50
        until   2027-03-31
    }
    permit "office LAN" {
        from    office except 192.0.2.66
    }
    permit "by name" {
        name    *.partner.example
    }
    permit "by POP" {
        pop     logged-in
    }
    permit "by certificate" {
        tls     client-certificate app-ca.pem
    }
}

tests {
    reject  from 198.51.100.7  sender x@evil.example    to y@victim.example
    permit  from 192.0.2.10    sender anna@example.com  to y@victim.example  by "office LAN"
}
"""


def validate(answer, schema):
    """Checks a parsed answer against docs/json/SCHEMA.schema.json."""
    description = json.loads((SCHEMAS / f"{schema}.schema.json").read_text())
    jsonschema.Draft202012Validator(description).validate(answer)


def corpus_cases():
    """A folder for each configuration of another server: SYSTEM/NAME."""
    return sorted(path.parent for path in CORPUS.glob("*/*/audit.tsv"))


def original(case, folder):
    """A copy of the configuration alone, since what is known of it is no part of the original; and the options for what no
    file of it holds."""
    for path in case.rglob("*"):
        if path.is_file() and path.name not in ("facts.json", "requests.tsv", "audit.tsv"):
            target = folder / "original" / path.relative_to(case)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return "original", ["--facts", case / "facts.json"] if (case / "facts.json").exists() else []


class Result:
    """What a run said, and how it ended."""

    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout.decode()
        self.err = process.stderr.decode()

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"
