"""A running Tidemark for the end-to-end tests: the release binary on a free port, with a data folder that goes away."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("TIDEMARK_BINARY", str(ROOT / ".build/release/tidemark"))
GOLDEN = ROOT / "Tests/Golden"
NDJSON = {"Content-Type": "application/x-ndjson"}


def peer(*names):
    """The path of the first program that is there, or None."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    return None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Program:
    """A child process on a port; stopped at the end of a `with`."""

    def __init__(self, command, port, ready="/-/ready", folder=None):
        self.command, self.port, self.ready = command, port, ready
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="tidemark-e2e-"))
        self.owns_folder = folder is None
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, seconds=30):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=self.log, stderr=self.log)

        def is_ready():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.command[0]} ended with {self.process.returncode}: {self.output()[-2000:]}")
            try:
                return self.get(self.ready)[0] == 200
            except OSError:
                return False

        wait_for(is_ready, seconds, f"{self.command[0]} is ready")

    def stop(self, number=signal.SIGTERM, seconds=15):
        """Returns the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"{self.command[0]} did not end within {seconds} s") from None
        self.log.close()
        status, self.process = self.process.returncode, None
        return status

    def output(self):
        return (self.folder / "log").read_text(errors="replace")

    def request(self, method, path, body=None, headers=None, timeout=30):
        """(status, body, headers)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def get(self, path, headers=None):
        return self.request("GET", path, headers=headers)

    def json(self, path):
        status, body, _ = self.get(path)
        assert status == 200, f"{path}: {status} {body[:300]!r}"
        return json.loads(body)

    def memory(self):
        """Resident bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) * 1024

    def processor_seconds(self):
        return time.clock_gettime(~self.process.pid << 3 | 2)


class Tidemark(Program):
    def __init__(self, *flags, command="serve", folder=None, port=None):
        port = port or free_port()
        super().__init__([BINARY, command, f"--listen=127.0.0.1:{port}", "--data=data", *flags], port, folder=folder)

    def send(self, events, headers=NDJSON):
        """Posts events as lines; returns the answer."""
        status, body, _ = self.request("POST", "/api/events", "\n".join(json.dumps(event) for event in events).encode(), headers)
        assert status == 200, f"events: {status} {body[:300]!r}"
        return json.loads(body)

    def samples(self):
        """The page's samples: {series: value}."""
        found = {}
        for line in self.get("/metrics")[1].decode().splitlines():
            if line and not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                found[series] = float(value)
        return found


def event(number, kind, source="/e2e", at=None, **data):
    now = time.time() if at is None else at
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"
    return {"specversion": "1.0", "id": str(number), "source": source, "type": "tidemark." + kind, "time": stamp, "data": data}
