"""Connections to the server may be reused; a recipient never changes transactions with them."""

import pytest
from harness.client import Client
from harness.loopback import STRANGER
from harness.mail import OURS, OUTSIDE, message, new_token

SENDER = f"<sender@{OUTSIDE}>"
ABANDONED = f"<abandoned@{OURS}>"
READER = f"reader@{OURS}"


def hang_up(client):
    client.close()


def say_quit(client):
    client.quit()


def reset_and_quit(client):
    client.rset()
    client.quit()


@pytest.mark.parametrize("leave", [hang_up, say_quit, reset_and_quit])
def test_recipients_of_a_client_that_left_are_forgotten(gate, sink, leave):
    for _ in range(3):
        leaver = Client(gate.port, STRANGER)
        leaver.mail_from(SENDER)
        assert leaver.rcpt_to(ABANDONED).code == 250
        leave(leaver)
        token = new_token()
        with Client(gate.port, STRANGER) as client:
            deliver(client, token)
        assert_alone(sink, token)


def test_recipients_before_rset_are_forgotten(gate, sink):
    token = new_token()
    with Client(gate.port, STRANGER) as client:
        client.mail_from(SENDER)
        assert client.rcpt_to(ABANDONED).code == 250
        assert client.rset()[0] == 250
        deliver(client, token)
    assert_alone(sink, token)


def test_clients_at_the_same_time_keep_their_own_recipients(gate, sink):
    tokens = {f"reader-{number}@{OURS}": new_token() for number in range(10)}
    clients = {reader: Client(gate.port, STRANGER) for reader in tokens}
    for client in clients.values():
        assert client.mail_from(SENDER).positive
    for reader, client in clients.items():
        assert client.rcpt_to(f"<{reader}>").code == 250
    for reader, client in clients.items():
        assert client.send_data(message(tokens[reader])).code == 250
        client.quit()
    for reader, token in tokens.items():
        assert sink.wait_for(token).recipients == (reader,)


def test_many_messages_in_one_session(gate, sink):
    tokens = [new_token() for _ in range(10)]
    with Client(gate.port, STRANGER) as client:
        for token in tokens:
            deliver(client, token)
    for token in tokens:
        assert_alone(sink, token)


def deliver(client, token):
    replies = client.transaction(SENDER, [f"<{READER}>"], message(token))
    assert replies[-1].code == 250, replies


def assert_alone(sink, token):
    assert sink.wait_for(token).recipients == (READER,)
    assert len(sink.with_text(token)) == 1
