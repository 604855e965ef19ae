"""The demo as people meet it: alerts arrive, every panel has data, and a scraping Prometheus says the same as we do."""

import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import time
import unittest
import urllib.parse

from peers_test import PROMETHEUS, prometheus, query
from tidemark import ROOT, Tidemark, wait_for

RATE_INTERVAL, RANGE = "1m", "1h"


class Consumer:
    """Keeps the webhooks that arrive, with their times."""

    def __init__(self):
        self.bodies = []
        consumer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                consumer.bodies.append((time.monotonic(), dict(self.headers), json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"

    def alerts(self, name, status):
        return [a for _, _, body in self.bodies for a in body["alerts"] if a["labels"]["alertname"] == name and a["status"] == status]


class Demo(Tidemark):
    def __init__(self, *flags):
        super().__init__("--seed=11", "--sampling.interval=5s", *flags, command="demo")

    def start(self, seconds=120):
        self.orders, writer = os.pipe()
        self.writer = os.fdopen(writer, "w")
        self.log = open(self.folder / "log", "ab")
        self.began = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdin=self.orders, stdout=self.log, stderr=self.log)

        def is_ready():
            assert self.process.poll() is None, self.output()[-2000:]
            try:
                return self.get("/-/ready")[0] == 200
            except OSError:
                return False

        wait_for(is_ready, seconds, "the demo is ready")

    def order(self, text):
        self.writer.write(text + "\n")
        self.writer.flush()

    def stop(self, *arguments):
        if self.process:
            self.writer.close()
            os.close(self.orders)
        return super().stop(*arguments)


def fingerprint(labels):
    """FNV-1a of the labels as Alertmanager prints it."""
    value = 0xCBF29CE484222325
    for name in sorted(labels):
        for byte in name.encode() + b"\xff" + labels[name].encode() + b"\xff":
            value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{value:016x}"


def expressions():
    """(dashboard and panel, expression) of everything that is shipped."""
    for path in sorted((ROOT / "dashboards").glob("*.json")):
        panels = json.loads(path.read_text())["panels"]
        while panels:
            panel = panels.pop(0)
            panels += panel.get("panels", [])
            for target in panel.get("targets", []):
                text = target["expr"].replace("$__rate_interval", RATE_INTERVAL).replace("$__range", RANGE)
                yield f"{path.stem}: {panel['title']}", re.sub(r"\$\w+", ".*", text)


class TheDemo(unittest.TestCase):
    maxDiff = 4000

    def test_alerts_arrive_panels_have_data_and_prometheus_agrees(self):
        consumer = Consumer()
        with Demo("--scenario=queue-overload", f"--webhook={consumer.url}", "--notify.group-interval=10s") as demo:
            if not PROMETHEUS:
                return self.check(demo, consumer, None)
            with prometheus(demo, interval="5s") as scraper:
                self.check(demo, consumer, scraper)

    def check(self, demo, consumer, scraper):
        wait_for(lambda: consumer.bodies, 60 - (time.monotonic() - demo.began), "the first webhook")
        wait_for(
            lambda: consumer.alerts("CriticalTaskQueueDepth", "firing") and consumer.alerts("QueueWithoutConsumers", "firing"),
            240 - (time.monotonic() - demo.began), "the scenario's alerts fire")
        self.check_webhook(consumer)
        self.check_panels(demo)
        if scraper:
            # Five minutes that both have seen.
            wait_for(lambda: [v for _, v in query(scraper, "count_over_time(up[6m])") if v >= 63], 400, "five minutes of scrapes")
            self.check_increases(demo, scraper)
            demo.order("pause")
            self.check_paused(demo, scraper)
            demo.order("resume")
        demo.order("scenario steady")
        wait_for(lambda: consumer.alerts("CriticalTaskQueueDepth", "resolved"), 240, "the end is told")

    def check_webhook(self, consumer):
        _, headers, body = next(b for b in consumer.bodies if b[2]["groupLabels"]["alertname"] == "CriticalTaskQueueDepth")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual((body["version"], body["status"], body["truncatedAlerts"]), ("4", "firing", 0))
        self.assertEqual(set(body["groupLabels"]), {"alertname", "severity", "component"} & set(body["commonLabels"]))
        for alert in body["alerts"]:
            self.assertEqual(alert["fingerprint"], fingerprint(alert["labels"]))
            self.assertEqual(alert["endsAt"], "0001-01-01T00:00:00Z")
            self.assertIn("runbook_url", alert["annotations"])
            self.assertIn("/graph?g0.expr=", alert["generatorURL"])
            self.assertNotIn("{{", json.dumps(alert))

    def check_panels(self, demo):
        now = time.time()
        for name, expression in expressions():
            parameters = urllib.parse.urlencode({"query": expression, "start": now - 900, "end": now, "step": 15})
            answer = demo.json("/api/v1/query_range?" + parameters)
            values = [v for series in answer["data"]["result"] for _, v in series["values"] if v != "NaN"]
            with self.subTest(panel=name, expression=expression):
                self.assertTrue(values, "no data")
                self.assertNotIn("warnings", answer)

    def check_increases(self, demo, scraper):
        for family in ["queue_messages_enqueued_total", "tasks_processed_total", "agent_runs_total", "workflow_runs_total", "agent_duration_seconds_count"]:
            expression = urllib.parse.quote(f"sum(increase({family}[5m]))")
            ours, theirs = query(demo, expression)[0][1], query(scraper, expression)[0][1]
            self.assertAlmostEqual(ours / theirs, 1, delta=0.02, msg=family)

    def check_paused(self, demo, scraper):
        """With nothing happening, both know the same series with the same values."""
        wait_for(lambda: "at rest" in self.status(demo), 30, "the simulation rests")
        time.sleep(12)  # Two samples and two scrapes.
        everything = urllib.parse.quote('{job="tidemark",__name__!~"up|scrape_.*"}')

        def known(program):
            return {json.dumps(labels, sort_keys=True): value for labels, value in query(program, everything)}

        ours, theirs = known(demo), known(scraper)
        # Rules write their own series beside them; those of the page are compared.
        self.assertEqual(sorted(set(theirs) - set(ours)), [])
        self.assertEqual(sorted(s for s in set(ours) - set(theirs)), [])
        moving = '"__name__": "tidemark_'
        differing = {s: (ours[s], theirs[s]) for s in ours if ours[s] != theirs[s] and moving not in s}
        self.assertEqual(differing, {})
        self.assertGreater(len(ours), 10_000)

    def status(self, demo):
        demo.order("status")
        time.sleep(0.3)
        return demo.output().splitlines()[-1]


if __name__ == "__main__":
    unittest.main()
