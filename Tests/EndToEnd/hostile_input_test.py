"""What hostile clients get: the status and body of each case, exactly, and a daemon that goes on."""

import gzip
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest
import zlib

from tidemark import BINARY, GOLDEN, NDJSON, Tidemark, event

ONE = {"Content-Type": "application/cloudevents+json"}


def raw(daemon, data, patience=5.0):
    """Sends bytes as they are and returns everything that comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=patience) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return receive(connection)


def receive(connection):
    answer = b""
    try:
        while part := connection.recv(65536):
            answer += part
    except (TimeoutError, ConnectionResetError):
        pass
    return answer


def split(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1].decode() if head else "closed"
    return status, body


def shown(status, body):
    text = body.decode("utf-8", "backslashreplace").rstrip("\n")
    return f"{status} {text[:2000]}"


def compressed_zeros(size):
    """Very little gzip that becomes `size` zeros."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [pack.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join(parts) + pack.flush()


def good(number=1):
    return json.dumps(event(number, "task.completed")).encode()


def post(headers, body, path="/api/events"):
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close"] + [f"{k}: {v}" for k, v in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def events_cases():
    deep = b'{"specversion":"1.0","id":"d","source":"s","type":"tidemark.task.completed","time":"2026-01-01T00:00:00Z","data":' + b"[" * 5000 + b"]" * 5000 + b"}"
    yield "truncated JSON", "POST", good()[:-9], ONE
    yield "not JSON", "POST", b"hello", ONE
    yield "an empty body", "POST", b"", ONE
    yield "a number", "POST", b"17", ONE
    yield "a batch that is no array", "POST", b"{}", {"Content-Type": "application/cloudevents-batch+json"}
    yield "a deep document", "POST", deep, ONE
    yield "broken UTF-8", "POST", good().replace(b"/e2e", b"/\xff\xfe"), ONE
    yield "an unpaired surrogate", "POST", good().replace(b"/e2e", b"/\\ud800"), ONE
    yield "a NUL in an id", "POST", good().replace(b"/e2e", b"/\\u0000"), ONE
    yield "an unknown type", "POST", json.dumps(event(2, "task.exploded")).encode(), ONE
    yield "a label value of 10 MB", "POST", json.dumps(event(3, "queue.sampled", queue="q" * 10_000_000, depth=1)).encode(), ONE
    yield "a label value of 100 kB", "POST", json.dumps(event(3, "queue.sampled", queue="q" * 100_000, depth=1)).encode(), ONE
    yield "a number as text", "POST", json.dumps(event(4, "queue.sampled", queue="q", depth="many")).encode(), ONE
    yield "a number beyond doubles", "POST", json.dumps(event(5, "queue.sampled", queue="q", depth=0)).replace(": 0}", ": 1e999}").encode(), ONE
    yield "a negative depth", "POST", json.dumps(event(6, "queue.sampled", queue="q", depth=-1)).encode(), ONE
    yield "a field twice", "POST", json.dumps(event(7, "queue.sampled", queue="q", depth=1)).replace('"depth"', '"depth": 2, "depth"').encode(), ONE
    yield "from another year", "POST", json.dumps(event(8, "task.completed", at=0)).encode(), ONE
    yield "no time", "POST", json.dumps({k: v for k, v in event(9, "task.completed").items() if k != "time"}).encode(), ONE
    yield "good and bad lines", "POST", good(10) + b"\n{\n" + good(11) + b"\n\n[]", NDJSON
    yield "too many events", "POST", b"\n".join(good(i) for i in range(10_001)), NDJSON
    yield "an unknown content type", "POST", b"<xml/>", {"Content-Type": "application/xml"}
    yield "no content type", "POST", good(), {}
    yield "an unknown coding", "POST", good(), ONE | {"Content-Encoding": "br"}
    yield "no gzip in a gzip body", "POST", good(), ONE | {"Content-Encoding": "gzip"}
    yield "torn gzip", "POST", gzip.compress(good() * 50)[:-12], ONE | {"Content-Encoding": "gzip"}
    yield "1 GB in gzip", "POST", compressed_zeros(1 << 30), ONE | {"Content-Encoding": "gzip"}
    yield "another method", "PUT", b"", ONE
    yield "an unknown path", "POST", b"", ONE, "/api/event"


def raw_cases():
    length = str(len(good()))
    yield "no Host", b"GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n"
    yield "two Hosts", b"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"
    yield "two lengths", post([("Content-Length", length), ("Content-Length", "5")], good())
    yield "length and chunks", post([("Content-Length", length), ("Transfer-Encoding", "chunked")], b"0\r\n\r\n")
    yield "a length that is no number", post([("Content-Length", "many")], good())
    yield "a length beyond 64 bits", post([("Content-Length", "99999999999999999999999")], b"")
    yield "a negative length", post([("Content-Length", "-5")], b"")
    yield "a chunk size that is no number", post([("Transfer-Encoding", "chunked")], b"zz\r\n")
    yield "an unknown transfer coding", post([("Transfer-Encoding", "gzip")], b"")
    yield "1 GB announced", post([("Content-Length", str(1 << 30)), ("Content-Type", ONE["Content-Type"])], b"")
    yield "1 GB announced, asked before", post([("Content-Length", str(1 << 30)), ("Expect", "100-continue")], b"")
    yield "a NUL in the path", b"GET /metrics%00.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    yield "a header of 100 kB", b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"
    yield "a path of 100 kB", b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    yield "5000 headers", b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + b"A: b\r\n" * 5000 + b"\r\n"
    yield "another protocol", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"
    yield "an unknown method", b"BREW /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    yield "a header that is folded", b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nConnection: close\r\n\r\n"


class HostileInput(unittest.TestCase):
    def test_each_gets_its_answer_and_scrapes_go_on(self):
        answers = []
        with Tidemark() as daemon:
            daemon.send([event("warm", "task.completed")])
            for _ in range(20):
                daemon.get("/metrics")
            before = daemon.memory()
            for name, method, body, headers, *path in events_cases():
                lines = [f"{method} {(path or ['/api/events'])[0]} HTTP/1.1", "Host: x", "Connection: close", f"Content-Length: {len(body)}"]
                data = "\r\n".join(lines + [f"{k}: {v}" for k, v in headers.items()]).encode() + b"\r\n\r\n" + body
                answers.append(f"{name}: {shown(*split(raw(daemon, data)))}")
            for name, data in raw_cases():
                answers.append(f"{name}: {shown(*split(raw(daemon, data)))}")
            answers.append(f"1 GB sent in chunks: {shown(*self.endless_chunks(daemon))}")
            self.assertEqual(daemon.get("/metrics")[0], 200)
            grown = daemon.memory() - before
            self.assertLess(grown, 20 << 20, "resident memory grew")
        self.assert_golden("hostile/answers.txt", "\n".join(answers) + "\n")

    def endless_chunks(self, daemon):
        """Sends chunks until the other side has had enough."""
        chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as connection:
            connection.sendall(post([("Transfer-Encoding", "chunked"), ("Content-Type", ONE["Content-Type"])], b""))
            try:
                for _ in range(1024):
                    connection.sendall(chunk)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return split(receive(connection))

    def test_clients_that_drip_their_headers_are_cut(self):
        with Tidemark() as daemon:
            begin = time.monotonic()
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=0.5) as connection:
                try:
                    for byte in b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 1000:
                        connection.sendall(bytes([byte]))
                        try:
                            if connection.recv(1) == b"":
                                break
                        except TimeoutError:
                            pass
                except (BrokenPipeError, ConnectionResetError):
                    pass
            self.assertLess(time.monotonic() - begin, 20)
            self.assertEqual(daemon.get("/metrics")[0], 200)

    def test_a_thousand_idle_connections_hold_nobody_up(self):
        with Tidemark() as daemon:
            for _ in range(20):
                daemon.get("/metrics")
            before = daemon.memory()
            idle = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(1000)]
            try:
                times = []
                for _ in range(50):
                    begin = time.monotonic()
                    self.assertEqual(daemon.get("/metrics")[0], 200)
                    times.append(time.monotonic() - begin)
                self.assertLess(sorted(times)[25], 0.5)
                self.assertLess(daemon.memory() - before, 20 << 20)
            finally:
                for connection in idle:
                    connection.close()

    def test_yaml_that_explodes_is_refused(self):
        lines = ['a: &a ["x","x","x","x","x","x","x","x","x"]']
        for before, name in zip("abcdefgh", "bcdefghi"):
            lines.append(f"{name}: &{name} [{','.join(['*' + before] * 9)}]")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "laughs.yml"
            path.write_text("\n".join(lines))
            answers = []
            for kind in ["config", "rules"]:
                done = subprocess.run([BINARY, "check", kind, "laughs.yml"], cwd=folder, capture_output=True, text=True, timeout=20)
                answers.append(f"check {kind}: {done.returncode}\n{done.stdout}{done.stderr}")
        self.assert_golden("hostile/yaml.txt", "\n".join(answers))

    def assert_golden(self, name, text):
        text = re.sub(r"expected a time from [^ ]* on", "expected a time from … on", text.replace("\r\n", "\n"))
        text = re.sub(r"Date: [^\n]*", "Date: …", text)
        path = GOLDEN / name
        if os.environ.get("TIDEMARK_REWRITE_GOLDEN") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.assertEqual(path.read_text().splitlines(), text.splitlines())


if __name__ == "__main__":
    unittest.main()
