"""HAProxy and nginx in front of the gate, as Benchmarks/gateway/setup.sh unpacks them."""

import contextlib
import os
import pathlib
import shutil
import signal
import tempfile

from .loopback import HERE, free_port
from .process import ForegroundServer

PROGRAMS = pathlib.Path(os.environ.get("GATEPOST_PEERS", "/var/cache/gatepost-peers") + "-bench")
ADDRESS = "127.0.0.5"
"""The balancer's own."""

HAPROXY = """\
global
    maxconn 100
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen smtp
    bind {here}:{port}
    {check}
    source {address}
    server gate {here}:{gate} {how}
"""

NGINX = """\
load_module {module};
daemon off;
{user}
worker_processes 1;
pid {place}/pid;
error_log {place}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    server {{
        listen {here}:{policy};
        location / {{
            add_header Auth-Status OK;
            add_header Auth-Server {here};
            add_header Auth-Port {gate};
            return 204;
        }}
    }}
}}
mail {{
    server_name nginx.test;
    auth_http {here}:{policy}/;
    proxy_buffer 64k;
    server {{
        listen {here}:{port};
        protocol smtp;
        smtp_auth none;
        xclient off;
        proxy_protocol on;
        proxy_pass_error_message on;
    }}
}}
"""


def program(name):
    found = shutil.which(name, path=f"{PROGRAMS}/usr/sbin:/usr/sbin:{os.environ['PATH']}")
    return found and pathlib.Path(found)


def nginx_mail_module():
    found = [place / "nginx/modules/ngx_mail_module.so" for place in (PROGRAMS / "usr/lib", pathlib.Path("/usr/lib"))]
    return next((module for module in found if module.exists()), None)


@contextlib.contextmanager
def _running(name, command, files, port):
    with tempfile.TemporaryDirectory(prefix=f"gatepost-{name}-") as folder:
        place = pathlib.Path(folder)
        place.chmod(0o777)
        for file, text in files.items():
            (place / file).write_text(text.replace("{place}", folder))
        libraries = f"{PROGRAMS}/usr/lib/x86_64-linux-gnu"
        environment = ["env", f"LD_LIBRARY_PATH={libraries}"]
        with ForegroundServer([*environment, *(part.replace("{place}", folder) for part in command)], port, place / "log",
                              stop=signal.SIGTERM):
            yield port


def haproxy(gate, how, check=""):
    """HAProxy before the gate on this port; `how` stands behind its server."""
    port = free_port()
    text = HAPROXY.format(here=HERE, port=port, gate=gate, address=ADDRESS, how=how, check=check)
    return _running("haproxy", [str(program("haproxy")), "-db", "-f", "{place}/haproxy.cfg"], {"haproxy.cfg": text}, port)


def nginx(gate):
    """nginx's mail proxy before the gate; it comes from 127.0.0.1."""
    port = free_port()
    text = NGINX.format(
        here=HERE, port=port, gate=gate, policy=free_port(), module=nginx_mail_module(), place="{place}",
        user="user nobody nogroup;" if os.geteuid() == 0 else "")
    command = [str(program("nginx")), "-p", "{place}", "-e", "{place}/error.log", "-c", "{place}/nginx.conf"]
    return _running("nginx", command, {"nginx.conf": text}, port)
