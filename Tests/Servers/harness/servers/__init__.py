"""The mail servers that stand behind the gate, each configured as an open relay."""

from . import exim, opensmtpd, postfix, sendmail

ALL = {server.name: server for server in (postfix.SERVER, exim.SERVER, sendmail.SERVER, opensmtpd.SERVER)}
