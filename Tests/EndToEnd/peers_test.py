"""Real programs beside Tidemark: Prometheus scrapes it, promtool reads its page."""

import json
import subprocess
import time
import unittest

from tidemark import Program, Tidemark, event, free_port, peer, wait_for

PROMETHEUS = peer("prometheus")
PROMTOOL = peer("promtool")


def prometheus(target, folder_flags=()):
    """A Prometheus that scrapes a Tidemark every second."""
    port = free_port()
    program = Program([PROMETHEUS, "--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{port}",
                       "--log.level=warn", *folder_flags], port)
    (program.folder / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "tidemark", "honor_labels": True, "static_configs": [{"targets": [f"127.0.0.1:{target.port}"]}]}],
    }))
    return program


def work(daemon, rounds=1):
    """Something of every kind."""
    for i in range(rounds):
        stamp = time.time_ns()
        daemon.send([
            event(f"{stamp}a", "workflow.run.started", run_id=f"w{stamp}", workflow="triage", trigger="cron"),
            event(f"{stamp}b", "agent.run.completed", run_id=f"a{stamp}", agent="critic", type="llm", duration_seconds=1.5, model="large",
                  input_tokens=900, output_tokens=80, cost_usd=0.002),
            event(f"{stamp}c", "agent.run.failed", run_id=f"f{stamp}", agent="critic \"the\\ 2nd\"\n", type="llm", duration_seconds=0.2,
                  error_type="timeout"),
            event(f"{stamp}d", "queue.sampled", queue="tasks", priority="high", depth=7, capacity=100, consumers=3, oldest_message_age_seconds=2.5),
            event(f"{stamp}e", "task.completed", count=12, duration_seconds=0.04),
            event(f"{stamp}f", "workflow.run.completed", run_id=f"w{stamp}", workflow="triage", trigger="cron", duration_seconds=3),
        ])


def query(program, expression):
    result = program.json("/api/v1/query?query=" + expression)["data"]["result"]
    return [(one["metric"], float(one["value"][1])) for one in result]


@unittest.skipUnless(PROMTOOL, "NOT CHECKED: no promtool on the PATH")
class Promtool(unittest.TestCase):
    def test_finds_nothing_to_say_about_the_page(self):
        with Tidemark() as daemon:
            work(daemon)
            time.sleep(0.4)
            for accept in ["text/plain", None]:
                page = daemon.get("/metrics", {"Accept": accept} if accept else {})[1]
                done = subprocess.run([PROMTOOL, "check", "metrics"], input=page, capture_output=True, timeout=30)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))


@unittest.skipUnless(PROMETHEUS, "NOT CHECKED: no prometheus on the PATH")
class Prometheus(unittest.TestCase):
    def test_scrapes_everything_that_stands_on_the_page(self):
        with Tidemark() as daemon, prometheus(daemon) as scraper:
            work(daemon, 3)
            wait_for(lambda: query(scraper, "up") and query(scraper, "up")[0][1] == 1, 20, "up == 1")
            wait_for(lambda: query(scraper, 'agent_runs_total{status="failed"}'), 20, "a sample of an event")
            accept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
            page = daemon.get("/metrics", {"Accept": accept})
            self.assertTrue(page[2]["Content-Type"].startswith("application/openmetrics-text"))
            lines = [line for line in page[1].decode().splitlines() if not line.startswith("#")]
            wait_for(lambda: query(scraper, "scrape_samples_scraped")[0][1] == len(lines), 10, "as many samples as lines")
            target = scraper.json("/api/v1/targets")["data"]["activeTargets"][0]
            self.assertEqual((target["health"], target["lastError"]), ("up", ""))
            failed = query(scraper, 'agent_runs_total{status="failed"}')
            self.assertEqual([(m["agent"], v) for m, v in failed], [("critic", 0.0), ('critic "the\\ 2nd"\n', 3.0)])


if __name__ == "__main__":
    unittest.main()
