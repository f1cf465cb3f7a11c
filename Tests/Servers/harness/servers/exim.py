"""Exim, with a router that follows the percent hack, as its old default configuration had one."""

from ..loopback import HERE
from ..mail import GATE, OURS, REFUSED_BEHIND
from .open_server import OpenServer

CONFIGURATION = """\
primary_hostname = behind.test
local_interfaces = {here}
daemon_smtp_ports = {port}
log_file_path = /var/log/exim4/%slog
tls_advertise_hosts =
rfc1413_query_timeout = 0s
message_size_limit = 100M
smtp_accept_max = 0
recipients_max = 0
allow_domain_literals
acl_smtp_rcpt = open_to_all
acl_smtp_data = accept

begin acl
open_to_all:
  deny    recipients = {refused}
          message    = No such user here
  accept

begin routers
percent_hack:
  driver  = redirect
  domains = {ours} : {gate}
  data    = ${{if match{{$local_part}}{{\\N^(.*)%(.*)$\\N}}{{$1@$2}}}}

to_sink:
  driver     = manualroute
  domains    = !@
  transport  = sink
  route_list = * {here}
  self       = send

begin transports
sink:
  driver          = smtp
  port            = {sink_port}
  allow_localhost
  hosts_try_fastopen =
"""


def files(port, sink_port):
    text = CONFIGURATION.format(
        here=HERE, ours=OURS, gate=GATE, refused=REFUSED_BEHIND, port=port, sink_port=sink_port
    )
    return {"etc/exim4/exim4.conf": text}


SERVER = OpenServer(
    name="exim",
    package="exim4-daemon-heavy",
    smtputf8=True,
    follows=("P01", "P03", "P04", "P07"),
    files=files,
    command="""\
install -d -o Debian-exim -g Debian-exim /var/spool/exim4 /var/log/exim4
exec /usr/sbin/exim4 -bdf -q1m""",
)
