"""OpenSMTPD. It follows no tricks, and has no SMTPUTF8."""

from ..loopback import HERE
from ..mail import REFUSED_BEHIND
from .open_server import OpenServer

CONFIGURATION = """\
smtp max-message-size "100M"
listen on {here} port {port} hostname behind.test
action "sink" relay host "smtp://{here}:{sink_port}"
match from any for any rcpt-to "{refused}" reject
match from any for any action "sink"
"""


def files(port, sink_port):
    return {
        "etc/smtpd.conf": CONFIGURATION.format(here=HERE, refused=REFUSED_BEHIND, port=port, sink_port=sink_port),
        "etc/mailname": "behind.test\n",
    }


SERVER = OpenServer(
    name="opensmtpd",
    package="opensmtpd",
    smtputf8=False,
    follows=(),
    files=files,
    command="exec /usr/sbin/smtpd -d",
)
