"""A line to a PostgreSQL server that takes its time: `python -m benchmarks.far SOCKET SECONDS`, a round trip's.

Prints the port on which it listens. Each direction has a thread, which sleeps more exactly than an event loop.
"""

from __future__ import annotations

import socket
import sys
import threading
import time


def _carry(source: socket.socket, target: socket.socket, delay: float) -> None:
    try:
        while data := source.recv(65536):
            time.sleep(delay)
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue  # the other thread was first


def main() -> None:
    path, round_trip = sys.argv[1], float(sys.argv[2])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            near, _address = listening.accept()
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far = socket.socket(socket.AF_UNIX)
            far.connect(path)
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(source, target, round_trip / 2), daemon=True).start()


if __name__ == "__main__":
    main()
