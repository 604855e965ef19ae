"""Crashes: what was acknowledged is counted exactly once, and no counter that a scraper saw ever goes back."""

import json
import os
import random
import signal
import threading
import time
import unittest

from tidemark import NDJSON, Tidemark, event

KILLS = int(os.environ.get("TIDEMARK_KILLS", "100"))


class Stream:
    """Sends a known stream in order; what got no answer is sent again, as clients do."""

    BATCH = 50

    def __init__(self, daemon, seed):
        self.daemon, self.random = daemon, random.Random(seed)
        self.next, self.sent_again, self.pending = 0, 0, None
        self.expected = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def batch(self):
        events = []
        for i in range(self.next, self.next + self.BATCH):
            queue = f"q{self.random.randrange(8)}"
            count = self.random.randrange(1, 9)
            events.append(event(f"n{i}", "queue.enqueued", queue=queue, count=count))
            self.expected[queue] = self.expected.get(queue, 0) + count
        self.next += self.BATCH
        return "\n".join(json.dumps(e) for e in events).encode()

    def run(self):
        while not self.stopping.is_set() or self.pending:
            if self.pending is None:
                self.pending = self.batch()
            try:
                status, body, _ = self.daemon.request("POST", "/api/events", self.pending, NDJSON, timeout=5)
            except OSError:
                self.sent_again += 1
                time.sleep(0.002)
                continue
            assert status == 200 and not json.loads(body)["rejected"], body
            self.pending = None


class Survival(unittest.TestCase):
    def test_kill_at_random_loses_nothing_and_doubles_nothing(self):
        seed = int(os.environ.get("TIDEMARK_SEED", time.time_ns() % 1_000_000))
        dice = random.Random(seed)
        with Tidemark() as daemon, self.subTest(seed=seed):
            stream = Stream(daemon, seed)
            stream.thread.start()
            seen, scrapes = {}, 0
            try:
                for _ in range(KILLS):
                    end = time.monotonic() + dice.uniform(0.01, 0.25)
                    while time.monotonic() < end:
                        seen = self.scrape_after(daemon, seen)
                        scrapes += 1
                    daemon.stop(signal.SIGKILL)
                    daemon.start()
                seen = self.scrape_after(daemon, seen)
            finally:
                stream.stopping.set()
                stream.thread.join()
            self.scrape_after(daemon, seen)
            time.sleep(0.5)  # a page may be a quarter of a second old
            self.assertEqual(self.totals(daemon), stream.expected)
            print(f"\n  {KILLS} kills, {stream.next} events, {stream.sent_again} requests sent again, {scrapes} scrapes, seed {seed}")

    def totals(self, daemon):
        return {
            series.split('queue="')[1].split('"')[0]: value
            for series, value in daemon.samples().items()
            if series.startswith("queue_messages_enqueued_total{")
        }

    def scrape_after(self, daemon, seen):
        """A page on which no event counter is below what was seen before."""
        now = {s: v for s, v in daemon.samples().items() if s.startswith("queue_messages_enqueued_total{")}
        back = {series: (value, now.get(series)) for series, value in seen.items() if now.get(series, -1) < value}
        self.assertEqual(back, {}, "counters went back")
        return now

    def test_term_under_load_ends_soon_and_loses_nothing(self):
        with Tidemark() as daemon:
            stream = Stream(daemon, 1)
            stream.thread.start()
            time.sleep(1)
            begin = time.monotonic()
            self.assertEqual(daemon.stop(signal.SIGTERM), 0)
            took = time.monotonic() - begin
            daemon.start()
            stream.stopping.set()
            stream.thread.join()
            time.sleep(0.5)
            self.assertEqual(self.totals(daemon), stream.expected)
            self.assertLess(took, 5)


if __name__ == "__main__":
    unittest.main()
