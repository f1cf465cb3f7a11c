"""The fronts: what stands between the clients and the protected server while we measure."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import programs
from processes import Child, Failure, wait_until
from smtp import CLIENT, free_port, greets

SESSIONS_HELD = 8192


@dataclass(frozen=True)
class TLS:
    """What a front shows, and where it has TLS from the first byte on."""

    certificate: Path
    key: Path
    implicit_port: int


class Front:
    """A program that takes SMTP sessions on one port and passes the mail on to another."""

    name: str
    # Whether it decides who may relay: a stranger is refused without the protected server's help.
    decides = True
    # Whether it holds thousands of sessions at once.
    holds_many_sessions = True
    # STARTTLS on the port, and TLS from the first byte on on another; for those that have it.
    tls: TLS | None = None

    def missing(self) -> str | None:
        """Why it cannot be measured here; None when it can."""
        raise NotImplementedError

    def version(self) -> str:
        raise NotImplementedError

    def start(self, place: Path, port: int, server_port: int) -> Child:
        """Starts it in the empty folder `place`; it is ready when this returns."""
        child = self._launch(place, port, server_port)
        try:
            wait_until(lambda: greets(port) or not child.is_running(), 15, f"{self.name} did not greet")
            if not child.is_running():
                raise Failure(f"{self.name} ended: {child.log_tail()}")
        except BaseException:
            child.stop()
            raise
        return child

    def _launch(self, place: Path, port: int, server_port: int) -> Child:
        raise NotImplementedError


class Gatepost(Front):
    """As it comes: a line and a kept record for each decision."""

    name = "gatepost"
    settings = ""

    def missing(self) -> str | None:
        return None if programs.gatepost() else "no release build; GATEPOST=BINARY names another"

    def version(self) -> str:
        return _version(programs.gatepost(), "--version")

    def _launch(self, place: Path, port: int, server_port: int) -> Child:
        state = place / "state"
        state.mkdir(mode=0o700)
        addresses, tls = f"127.0.0.1:{port}", ""
        if self.tls:
            addresses += f" 127.0.0.1:{self.tls.implicit_port}/tls\n    starttls  offered"
            tls = f"\ntls {{\n    certificate  {self.tls.certificate}\n    key  {self.tls.key}\n}}\n"
        configuration = _write(place / "gatepost.conf", f"""
version 1

node {{
    hostname  gate.test
    state     {state}
}}

networks  load  {CLIENT}

local {{
    domains  ours.test
}}

upstream sink {{
    server  127.0.0.1:{server_port}
}}
route  local      sink
route  elsewhere  sink

listen public {{
    address  {addresses}
}}

relay {{
    permit "load" {{
        from  load
    }}
}}
{self.settings}{tls}""".lstrip())
        return Child([programs.gatepost(), "run", "-c", configuration], place / "log")


class GatepostWithoutRecords(Gatepost):
    """With its log lines alone, so that it can be seen what keeping decisions costs."""

    name = "gatepost-unkept"
    settings = "log {\n    keep-decisions  no\n}\n"


class HAProxy(Front):
    """Copies bytes: what a program in this place costs that understands nothing."""

    name = "haproxy"
    decides = False

    def missing(self) -> str | None:
        return None if programs.program("haproxy") else "not installed"

    def version(self) -> str:
        return _version(programs.program("haproxy"), "-v")

    def _launch(self, place: Path, port: int, server_port: int) -> Child:
        configuration = _write(place / "haproxy.cfg", f"""
global
    maxconn {SESSIONS_HELD}
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen smtp
    bind 127.0.0.1:{port}
    server sink 127.0.0.1:{server_port}
""")
        command = [programs.program("haproxy"), "-W", "-db", "-f", configuration]
        return Child(command, place / "log", programs.ENVIRONMENT)


class Nginx(Front):
    """The mail proxy; the policy that it asks stands in the same nginx and knows one address."""

    name = "nginx"

    def missing(self) -> str | None:
        found = programs.program("nginx") and self._mail_module()
        return None if found else "nginx or its mail module is not installed"

    def version(self) -> str:
        return _version(programs.program("nginx"), "-v")

    def _launch(self, place: Path, port: int, server_port: int) -> Child:
        policy_port = free_port()
        tls, starttls = "", ""
        if self.tls:
            starttls = "starttls on;"
            tls = f"""ssl_certificate {self.tls.certificate};
    ssl_certificate_key {self.tls.key};
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{
        listen 127.0.0.1:{self.tls.implicit_port} ssl;
        protocol smtp;
        smtp_auth none;
    }}"""
        configuration = _write(place / "nginx.conf", f"""
load_module {self._mail_module()};
daemon off;
{"user nobody nogroup;" if os.geteuid() == 0 else ""}
worker_processes auto;
worker_rlimit_nofile {4 * SESSIONS_HELD};
pid {place}/pid;
error_log {place}/error.log crit;
events {{ worker_connections {2 * SESSIONS_HELD}; }}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    map $http_client_ip $verdict {{
        {CLIENT} OK;
        default "5.7.1 Relaying denied";
    }}
    map $http_client_ip $refusal_code {{
        {CLIENT} "";
        default 550;
    }}
    server {{
        listen 127.0.0.1:{policy_port};
        location / {{
            add_header Auth-Status $verdict;
            add_header Auth-Error-Code $refusal_code;
            add_header Auth-Server 127.0.0.1;
            add_header Auth-Port {server_port};
            return 204;
        }}
    }}
}}
mail {{
    server_name gate.test;
    auth_http 127.0.0.1:{policy_port}/;
    # At the stock 4 KB a 4 KB message goes on in two parts, and the second waits 40 ms.
    proxy_buffer 64k;
    smtp_client_buffer 64k;
    proxy_pass_error_message on;
    xclient off;
    {tls}
    server {{
        listen 127.0.0.1:{port};
        protocol smtp;
        smtp_auth none;
        {starttls}
    }}
}}
""")
        command = [programs.program("nginx"), "-p", place, "-e", place / "error.log", "-c", configuration]
        return Child(command, place / "log", programs.ENVIRONMENT)

    @staticmethod
    def _mail_module() -> Path | None:
        return programs.library("nginx/modules/ngx_mail_module.so")


class Postfix(Front):
    """smtpd as a before-queue filter's front: a process a session, no queue."""

    name = "postfix"
    holds_many_sessions = False
    # Accounts that every Debian has and that own nothing here; Postfix wants three apart.
    owner, group, user_of_others = "uucp", "news", "nobody"

    def missing(self) -> str | None:
        if not (programs.program("postconf") and programs.library("postfix/sbin")):
            return "not installed"
        return None if os.geteuid() == 0 else "needs root"

    def version(self) -> str:
        return _version(programs.program("postconf"), "-d", "mail_version")

    def _launch(self, place: Path, port: int, server_port: int) -> Child:
        self._make_folders(place)
        daemons = programs.library("postfix/sbin")
        _write(place / "conf/main.cf", f"""
compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/data
daemon_directory = {daemons}
command_directory = {programs.program("postconf").parent}
shlib_directory = {daemons.parent}
meta_directory = {place}/conf
mail_owner = {self.owner}
setgid_group = {self.group}
default_privs = {self.user_of_others}
import_environment = LD_LIBRARY_PATH MAIL_CONFIG
maillog_file = {place}/maillog
maillog_file_prefixes = {place}
myhostname = gate.test
mydestination =
mynetworks = {CLIENT}/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_proxy_filter = 127.0.0.1:{server_port}
""")
        _write(place / "conf/master.cf", f"""
127.0.0.1:{port} inet n - n - - smtpd
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
""")
        environment = {**programs.ENVIRONMENT, "MAIL_CONFIG": str(place / "conf")}
        return Child([daemons / "master", "-c", place / "conf", "-s"], place / "log", environment)

    def _make_folders(self, place: Path) -> None:
        """The part of the queue directory that smtpd needs, with the owners that master demands."""
        owner = pwd.getpwnam(self.owner).pw_uid
        for name in ("conf", "queue", "queue/pid"):
            (place / name).mkdir()
        for name, mode in (("data", 0o700), ("queue/private", 0o700), ("queue/public", 0o710)):
            (place / name).mkdir(mode=mode)
            os.chown(place / name, owner, 0)


ALL = (Gatepost(), GatepostWithoutRecords(), HAProxy(), Nginx(), Postfix())


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _version(program: Path, *arguments: str) -> str:
    """The first number with a dot that a program says of itself, on whichever of its outputs."""
    result = subprocess.run(
        [program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=10,
        env={**os.environ, **programs.ENVIRONMENT},
    )
    found = re.search(r"\b\d+(\.\d+)+", result.stdout)
    return found[0] if found else "of unknown version"
