"""The demo as a process of its own, to be killed: folder, three ports, seconds that each answer of Moodle takes."""

from __future__ import annotations

import sys
from pathlib import Path

from waitress.server import create_server

from lms_connectors.sandbox.faults import Fault
from service.demo.places import HOST, Places, Ports
from service.demo.stack import DemoStack


def main(folder: str, app: str, provider: str, sandbox: str, seconds: str) -> None:
    places = Places(Path(folder), Ports(int(app), int(provider), int(sandbox)))
    stack = DemoStack(places, purpose="test", say=print)
    stack.prepare()
    if float(seconds):
        stack.sandbox.app.faults.always = Fault(seconds=float(seconds))
    server = create_server(stack.app, host=HOST, port=places.ports.app, threads=8)
    stack.start()
    print("ready", flush=True)
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
