"""`notifyctl init`: the files to run a server of one's own."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from notifyctl.cli.options import Json
from notifyctl.cli.output import as_json, clean, emit


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder; it is made if need be.")
    ],
    image: Annotated[
        str | None,
        typer.Option(metavar="NAME:TAG", help="The image you will build. [notifyctl:VERSION]"),
    ] = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What the service is called.")
    ] = "notifyd",
    namespace: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where in Kubernetes. [as --name]")
    ] = None,
    host: Annotated[
        str,
        typer.Option(metavar="HOSTNAME", help="How the world will reach it."),
    ] = "notify.example.org",
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    json: Json = False,
) -> None:
    """Write a Dockerfile, compose files and manifests of your own.

    Nothing that is there already is changed without --force. What to build, push and apply
    next is printed with the names in it:

    \b
      notifyctl init deploy --image registry.example.org/notify:1.0 --host notify.example.org
    """
    from importlib.metadata import distribution

    from notifyctl.bundled import bundled
    from notifyctl.scaffold.files import installation
    from notifyctl.scaffold.folder import write
    from notifyctl.scaffold.names import chosen
    from notifyctl.scaffold.steps import steps, wheel_command

    this = distribution("notifyctl")
    names = chosen(
        name=name,
        namespace=name if namespace is None else namespace,
        host=host,
        image=f"notifyctl:{this.version}" if image is None else image,
        version=this.version,
    )
    files = installation(bundled(), names, this.version)
    write(folder, files, force=force)
    wheel = wheel_command(sys.executable, this.read_text("direct_url.json"))
    todo = steps(names, str(folder), wheel)
    if json:
        emit(as_json({"folder": str(folder), "files": list(files), "next": todo}))
        return
    emit(clean(f"Written to {folder}:"))
    for path in files:
        emit(f"  {path}")
    for step in todo:
        emit(f"\n{step.title}:")
        for command in step.commands:
            emit(f"  {clean(command)}")
