"""An SMTP client at a chosen address that says exactly what a test wants said."""

import smtplib

from .loopback import HERE


class Client(smtplib.SMTP):
    """smtplib, bound to `address`, greeted and past EHLO, with verbatim MAIL and RCPT."""

    def __init__(self, port, address, helo="client.test"):
        super().__init__(HERE, port, local_hostname=helo, timeout=60, source_address=(address, 0))
        self.command_encoding = "utf-8"
        self.ehlo()

    def mail_from(self, argument):
        """MAIL with these exact words after the colon; the reply."""
        return Reply(*self.docmd("MAIL", "FROM:" + argument))

    def rcpt_to(self, argument):
        """RCPT with these exact words after the colon; the reply."""
        return Reply(*self.docmd("RCPT", "TO:" + argument))

    def send_data(self, message):
        """DATA and the message, dots doubled; the final reply, or the refusal of DATA."""
        try:
            return Reply(*self.data(message))
        except smtplib.SMTPDataError as refusal:
            return Reply(refusal.smtp_code, refusal.smtp_error)

    def transaction(self, mail, rcpts, message):
        """A whole message as an insistent sender sends it; the replies up to the first that ends it.

        Mail data follow if any recipient was accepted.
        """
        replies = [self.mail_from(mail)]
        if not replies[0].positive:
            return replies
        replies += [self.rcpt_to(rcpt) for rcpt in rcpts]
        if any(reply.positive for reply in replies[1:]):
            replies.append(self.send_data(message))
        return replies


class Reply(tuple):
    """A reply's code and text."""

    def __new__(cls, code, text):
        return super().__new__(cls, (code, text.decode("utf-8", "replace")))

    @property
    def code(self):
        return self[0]

    @property
    def positive(self):
        return 200 <= self.code < 300

    @property
    def permanent(self):
        return 500 <= self.code < 600

    def __str__(self):
        return f"{self[0]} {self[1]}".replace("\n", " / ")
