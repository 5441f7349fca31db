"""``bangkom demo``: says what it does, serves on this machine only, stops all with Ctrl-C."""

from __future__ import annotations

import json
import shutil
import time
import webbrowser
from pathlib import Path

from rich.console import Console
from waitress.server import create_server

from service.demo.places import HOST, Places, Ports
from service.demo.stack import DemoStack
from service.server import CROWD, run_until_signal

FOLDER = Path("var/demo")
SHOWN_ACCOUNTS = 12


class DemoRefused(RuntimeError):
    """The demo cannot start; the text says why and what to do."""


def run_demo(*, port: int, fresh: bool, open_browser: bool, console: Console) -> None:
    begun = time.monotonic()
    places = Places(FOLDER.absolute(), Ports.from_first(port))
    taken = places.ports.taken()
    if taken:
        raise DemoRefused(
            f"port {taken[0]} is in use: stop the other program, or try --port {port + 100} / port sedang dipakai"
        )
    if places.unfinished.exists():
        console.print(
            "The last start was cut off; beginning anew / Start terakhir terputus; mulai dari awal ..."
        )
    if fresh or places.unfinished.exists():
        shutil.rmtree(places.folder, ignore_errors=True)
    console.print("Preparing the database / Menyiapkan basis data ...")
    stack = DemoStack(places, purpose="demo", say=console.print)
    server = create_server(
        stack.app, host=HOST, port=places.ports.app, threads=8, connection_limit=CROWD, asyncore_use_poll=True
    )
    stack.prepare()
    stack.start()
    _welcome(places, console, time.monotonic() - begun)
    if open_browser:
        webbrowser.open(places.app_url)
    run_until_signal(server.run, server.close)
    console.print("Stopping / Menghentikan ...")
    stack.stop()


def _welcome(places: Places, console: Console, seconds: float) -> None:
    console.print(f"\nReady in {seconds:.0f} s / Siap dalam {seconds:.0f} detik\n")
    for name, url in (
        ("Bangkom", places.app_url),
        ("Identity provider, a stand-in / Penyedia identitas tiruan", places.issuer),
        ("Moodle, a stand-in / Tiruan Moodle", places.site_url),
    ):
        console.print(f"  {url}  {name}")
    console.print("\nAccounts to try (choose one when signing in) / Akun untuk dicoba (pilih saat masuk):")
    accounts = json.loads(places.accounts.read_text())
    for account in [a for a in accounts if a.get("label")][:SHOWN_ACCOUNTS]:
        console.print(f"  {account['label']}: {account['name']}")
    console.print(f"\nData: {places.folder}  (./run demo --fresh: begin anew / mulai dari awal)")
    console.print("Ctrl-C stops / menghentikan\n")
