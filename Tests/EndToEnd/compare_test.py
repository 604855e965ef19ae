"""Random queries over random data: the API answers as a real Prometheus does."""

import subprocess
import sys
import time
import unittest

from peers_test import PROMETHEUS
from tidemark import ROOT, Program, Tidemark, free_port

FLAGS = ["--web.enable-remote-write-receiver", "--enable-feature=promql-experimental-functions"]


VERSION = subprocess.run([PROMETHEUS, "--version"], capture_output=True, text=True).stdout if PROMETHEUS else ""


@unittest.skipUnless("version 3.5." in VERSION, "NOT CHECKED: no Prometheus 3.5 on the PATH; scripts/peers brings it")
class RandomQueries(unittest.TestCase):
    def test_a_thousand_queries_are_answered_alike(self):
        port = free_port()
        reference = Program([PROMETHEUS, "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=100y",
                             f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn", *FLAGS], port)
        (reference.folder / "prometheus.yml").write_text("{}")
        seed = str(time.time_ns() % 1_000_000)
        with reference, Tidemark(*FLAGS, "--storage.out-of-order-window=forever", "--sampling.interval=10h", "--rules=none/*.yml") as daemon:
            done = subprocess.run(
                [sys.executable, str(ROOT / "scripts/compare_promql"), f"http://127.0.0.1:{port}", f"http://127.0.0.1:{daemon.port}",
                 "--queries=1000", "--syntax=2000", "--experimental", "--seed", seed], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, f"seed {seed}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    unittest.main()
