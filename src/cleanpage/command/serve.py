"""`cleanpage serve`: a page in the browser to try cleanpage on."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

import click

LOCAL_NAMES: Final = ("127.0.0.1", "[::1]", "localhost")
"""What this machine is called by itself, as it stands in an address."""

MAX_CONNECTIONS: Final = 32
"""What is over is turned away at once: a browser opens six."""

NO_SERVER: Final = "the page is served by starlette and uvicorn: install cleanpage[serve]"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--host",
    default=LOCAL_NAMES[0],
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen. Whoever reaches another address than the one of this machine alone can use the page.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port to listen at; 0 for any."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="What a page may take.",
)
def serve(host: str, port: int, timeout: float) -> None:
    """Serve a page to try cleanpage on, to a browser on this machine.

    Paste HTML or text or drop a file, and see the report; copy it as JSON, Markdown or text. Nothing is kept, nothing
    is fetched. Ctrl and C ends it.
    """
    try:
        import uvicorn

        from cleanpage.serve.app import make_app
    except ImportError as error:
        raise click.ClickException(NO_SERVER) from error
    name = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        make_app({name, *LOCAL_NAMES}, timeout),
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
    )
    with _listen(host, port) as listener:
        click.echo(f"cleanpage: http://{name}:{listener.getsockname()[1]}/ (Ctrl and C ends it)", err=True)
        if not _is_local(host):
            click.echo(f"cleanpage: warning: whoever reaches {host} can use the page", err=True)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (while ")[0]  # the rest repeats the address
        raise click.ClickException(f"cannot listen at {host}, port {port}: {why}; see --host, --port") from error


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
