import Threading

extension PumpThread {
  /// Runs a pump whenever it wants to be run, and after `patience` seconds at the latest.
  package convenience init(_ name: String, _ pump: any Pump, time: any TimeSource, patience: Double = 3600) {
    self.init(name) {
      let next = pump.run(through: time.monotonic())
      return min(patience, next.map { $0 - time.monotonic() } ?? patience)
    }
  }
}
