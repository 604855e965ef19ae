"""Tidemark as a target of the side-by-side benchmark harness: bench.py run w1 --adapter scripts/bench_adapter.py

The binary is TIDEMARK_BINARY, or the release build of this checkout.
"""
import itertools, json, os, sys, time
from pathlib import Path

import bench

BINARY = os.environ.get("TIDEMARK_BINARY", str(Path(__file__).resolve().parent.parent / ".build/release/tidemark"))
BATCH = 2000  # events a request
TRIGGERS = ("schedule", "webhook", "manual")
ENDS = ("completed", "failed", "cancelled")


class Tidemark(bench.Target):
    name = "tidemark"
    workloads = ("w1",)

    def __init__(self, scratch, **opts):
        super().__init__(scratch, **opts)
        self.numbers = itertools.count(1)
        self.round = 0

    def command(self):
        return [BINARY, "serve", f"--listen=127.0.0.1:{self.port}", f"--data={self.dir}/data", 
                *(f"--events.orchestrators=/hub/orch-{i}=orch-{i}" for i in range(8))]

    # w1: the series are made by events, and each load changes as many of them as the dataset has.
    def load_exposition(self, ds):
        self.round += 1
        now = time.time()
        events = self.events(ds, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z")
        while batch := list(itertools.islice(events, BATCH)):
            answer = json.loads(self.http("POST", "/api/events", "\n".join(batch).encode(), {"Content-Type": "application/x-ndjson"}))
            if answer["rejected"]:
                raise RuntimeError(f"refused: {answer['rejected'][0]}")

    def events(self, ds, at):
        def event(node, kind, **data):
            return json.dumps({"specversion": "1.0", "id": f"b{next(self.numbers)}", "source": f"/hub/{node}", "type": "tidemark." + kind, "time": at, "data": data})

        def names(family, label):
            return sorted({(lab["node"], lab[label]) for name, lab in ds.labels if name == family})

        run = lambda: f"r{next(self.numbers)}"
        for node, flow in names("workflows_active", "workflow"):
            for trigger in TRIGGERS:
                for end in ENDS:
                    yield event(node, f"workflow.run.{end}", run_id=run(), workflow=flow, trigger=trigger, duration_seconds=0.5,
                                cost_usd=0.01)
            yield event(node, "workflow.run.approved", run_id=run(), workflow=flow, duration_seconds=5)
        for node, agent in names("agent_retry_count", "agent"):
            for end in ENDS:
                error = {"error_type": "tool"} if end == "failed" else {}
                yield event(node, f"agent.run.{end}", run_id=run(), agent=agent, type="llm", duration_seconds=0.05, model="large",
                            input_tokens=900, output_tokens=80, cost_usd=0.002, **error)
            yield event(node, "agent.run.retried", run_id=run(), agent=agent)
        for node, queue in names("queue_depth", "queue"):
            yield event(node, "queue.sampled", queue=queue, depth=100 + self.round % 7, in_flight=self.round, capacity=1000 + self.round,
                        consumers=1 + self.round % 5, oldest_message_age_seconds=self.round)
            for kind in ("enqueued", "dequeued"):
                yield event(node, f"queue.{kind}", queue=queue, count=3)
