import SeriesModel

// Queues, tasks, messages, sandboxes.

extension Families {
  package static let queueDepth = Family.gauge(
    "queue_depth", .queue, ["queue", "priority"], "Messages that are ready in a queue", ttl: day)
  package static let queueInFlight = Family.gauge(
    "queue_in_flight", .queue, ["queue"], "Messages that consumers took and have not acknowledged", ttl: day)
  package static let queueCapacity = Family.gauge("queue_capacity", .queue, ["queue"], "Messages that a queue can hold", ttl: day)
  package static let queueConsumers = Family.gauge("queue_consumers", .queue, ["queue"], "Consumers attached to a queue", ttl: day)
  package static let queueOldestMessageAgeSeconds = Family.gauge(
    "queue_oldest_message_age_seconds", .queue, ["queue"], "Age of the oldest message in a queue", unit: .seconds, fold: .max,
    ttl: day)
  package static let queueMessagesEnqueuedTotal = Family.counter(
    "queue_messages_enqueued_total", .queue, ["queue"], "Messages put into a queue")
  package static let queueMessagesDequeuedTotal = Family.counter(
    "queue_messages_dequeued_total", .queue, ["queue"], "Messages taken from a queue")
  package static let queueMessagesDroppedTotal = Family.counter(
    "queue_messages_dropped_total", .queue, ["queue", "reason"], "Messages that a queue threw away")

  static let day = PromDuration.hours(24)
  static let queue = [
    queueDepth, queueInFlight, queueCapacity, queueConsumers, queueOldestMessageAgeSeconds, queueMessagesEnqueuedTotal,
    queueMessagesDequeuedTotal, queueMessagesDroppedTotal,
  ]

  package static let tasksProcessedTotal = Family.counter("tasks_processed_total", .tasks, [.outcome], "Tasks that were worked off")
  package static let taskDurationSeconds = Family.histogram(
    "task_duration_seconds", .tasks, [], "Time that a task took", unit: .seconds,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
  package static let agentMessagesTotal = Family.counter("agent_messages_total", .tasks, [], "Messages between agents")
  package static let agentMessagesDroppedTotal = Family.counter(
    "agent_messages_dropped_total", .tasks, ["reason"], "Messages between agents that were thrown away")
  package static let agentMessageBytesTotal = Family.counter(
    "agent_message_bytes_total", .tasks, [.closed("direction", "sent", "received")], "Bytes of messages between agents",
    unit: .bytes)

  static let tasks = [
    tasksProcessedTotal, taskDurationSeconds, agentMessagesTotal, agentMessagesDroppedTotal, agentMessageBytesTotal,
  ]

  package static let sandboxPoolAvailable = Family.gauge(
    "sandbox_pool_available", .sandbox, ["sandbox_type"], "Sandboxes that are free")
  package static let sandboxPoolSize = Family.gauge(
    "sandbox_pool_size", .sandbox, ["sandbox_type"], "Sandboxes in the pool, free or taken")
  package static let sandboxExecutionsTotal = Family.counter(
    "sandbox_executions_total", .sandbox, ["sandbox_type", .outcome], "Executions in a sandbox, by how they ended")

  static let sandbox = [sandboxPoolAvailable, sandboxPoolSize, sandboxExecutionsTotal]
}
