"""Postfix. Percent hack and bang paths in its own domains are followed unless told otherwise."""

from ..loopback import HERE
from ..mail import GATE, OURS, REFUSED_BEHIND
from .open_server import OpenServer

MAIN = """\
compatibility_level = 3.6
maillog_file = /dev/stdout
myhostname = behind.test
inet_interfaces = {here}
inet_protocols = ipv4
mydestination = {ours}, {gate}
mynetworks = {here}/32
local_recipient_maps =
alias_maps =
local_transport = smtp:[{here}]:{sink_port}
relayhost = [{here}]:{sink_port}
disable_dns_lookups = yes
smtpd_peername_lookup = no

# Open to all, whatever the client. Postfix wants to see the guard, after a rule that never lets it act.
smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ {refused} = 550 5.1.1 No such user here }} }}

message_size_limit = 104857600
mailbox_size_limit = 0
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
notify_classes =
"""

MASTER = """\
{here}:{port} inet n - n - - smtpd
pickup    unix  n - n 60    1 pickup
cleanup   unix  n - n -     0 cleanup
qmgr      unix  n - n 300   1 qmgr
rewrite   unix  - - n -     - trivial-rewrite
bounce    unix  - - n -     0 bounce
defer     unix  - - n -     0 bounce
trace     unix  - - n -     0 bounce
verify    unix  - - n -     1 verify
proxymap  unix  - - n -     - proxymap
smtp      unix  - - n -     - smtp
showq     unix  n - n -     - showq
error     unix  - - n -     - error
retry     unix  - - n -     - error
anvil     unix  - - n -     1 anvil
scache    unix  - - n -     1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def files(port, sink_port):
    main = MAIN.format(here=HERE, ours=OURS, gate=GATE, refused=REFUSED_BEHIND, sink_port=sink_port)
    return {
        "etc/postfix/main.cf": main,
        "etc/postfix/master.cf": MASTER.format(here=HERE, port=port),
    }


SERVER = OpenServer(
    name="postfix",
    package="postfix",
    smtputf8=True,
    follows=("P01", "P03", "P05", "P07", "U01", "U02", "U05", "Q01", "Q02", "Q05", "D01"),
    files=files,
    command="chown postfix /var/lib/postfix && exec /usr/sbin/postfix start-fg",
)
