import HTTPServer
import SeriesModel
import TextCoding

extension PrometheusAPI {
  func buildInfo() -> Answer {
    Answer { json in
      json.beginObject()
      json.member("version", status.build.version)
      json.member("revision", status.build.revision)
      json.member("branch", status.build.branch)
      json.member("buildUser", status.build.user)
      json.member("buildDate", status.build.date)
      json.member("goVersion", status.build.compiler)
      json.endObject()
    }
  }

  func runtimeInfo() -> Answer {
    let info = status.runtime()
    return Answer { json in
      json.beginObject()
      json.member("startTime", info.startTime)
      json.member("CWD", info.workingFolder)
      json.member("hostname", info.hostName)
      json.member("serverTime", time.now())
      json.key("reloadConfigSuccess")
      json.bool(info.reloadSucceeded)
      json.member("lastConfigTime", info.lastReload)
      json.member("corruptionCount", info.corruptions)
      // The reference counts goroutines; threads are what comes nearest.
      json.member("goroutineCount", info.threads)
      json.member("GOMAXPROCS", info.processors)
      json.member("GOMEMLIMIT", 0)
      json.member("GOGC", "")
      json.member("GODEBUG", "")
      json.member("storageRetention", info.retention)
      json.endObject()
    }
  }

  func configuration() -> Answer {
    Answer { json in
      json.beginObject()
      json.member("yaml", status.configuration())
      json.endObject()
    }
  }

  func flags() -> Answer { Answer { $0.strings(status.flags()) } }

  func replay() -> Answer {
    let state = status.replay()
    return Answer { json in
      json.beginObject()
      json.member("min", state.first)
      json.member("max", state.last)
      json.member("current", state.present)
      json.endObject()
    }
  }

  func tsdb(_ request: Request) throws(APIError) -> Answer {
    let text = Parameters(request)["limit"]
    guard let limit = text.isEmpty ? 10 : Int(text), limit > 0 else { throw APIError(.badData, "limit must be a positive number") }
    let info = status.storage(limit)
    return Answer { json in
      json.beginObject()
      json.key("headStats")
      json.beginObject()
      json.member("numSeries", info.series)
      json.member("numLabelPairs", info.labelPairs)
      json.member("chunkCount", info.chunks)
      // An empty head has the reference's ends of time.
      json.member("minTime", Int(info.span?.start.milliseconds ?? .max))
      json.member("maxTime", Int(info.span?.end.milliseconds ?? .min))
      json.endObject()
      json.ranking("seriesCountByMetricName", info.seriesByMetricName, limit)
      json.ranking("labelValueCountByLabelName", info.valuesByLabelName, limit)
      json.ranking("memoryInBytesByLabelName", info.bytesByLabelName, limit)
      json.ranking("seriesCountByLabelValuePair", info.seriesByLabelPair, limit)
      json.endObject()
    }
  }
}

// Targets and Alertmanagers.
extension PrometheusAPI {
  func targets(_ request: Request) -> Answer {
    let parameters = Parameters(request)
    let pool = parameters["scrapePool"]
    let state = parameters["state"].lowercased()
    let showsActive = ["", "any", "active"].contains(state)
    let showsDropped = ["", "any", "dropped"].contains(state)
    let targets = status.targets().filter { pool.isEmpty || $0.pool == pool }
    return Answer(reserving: 4096) { json in
      json.beginObject()
      json.key("activeTargets")
      json.beginArray()
      if showsActive { for target in targets where target.labels != nil { json.target(target) } }
      json.endArray()
      json.key("droppedTargets")
      json.beginArray()
      if showsDropped {
        for target in targets where target.labels == nil {
          json.beginObject()
          json.key("discoveredLabels")
          json.labels(target.discoveredLabels)
          json.member("scrapePool", target.pool)
          json.endObject()
        }
      }
      json.endArray()
      json.key("droppedTargetCounts")
      json.beginObject()
      if showsDropped {
        for name in Set(targets.map(\.pool)).sorted() { json.member(name, targets.count { $0.pool == name && $0.labels == nil }) }
      }
      json.endObject()
      json.endObject()
    }
  }

  func scrapePools() -> Answer {
    Answer { json in
      json.beginObject()
      json.key("scrapePools")
      json.beginArray()
      for name in Set(status.targets().map(\.pool)).sorted() { json.string(name) }
      json.endArray()
      json.endObject()
    }
  }

  func alertmanagers() -> Answer {
    let (active, dropped) = status.alertmanagers()
    return Answer { json in
      json.beginObject()
      for (key, urls) in [("activeAlertmanagers", active), ("droppedAlertmanagers", dropped)] {
        json.key(key)
        json.beginArray()
        for url in urls {
          json.beginObject()
          json.member("url", url)
          json.endObject()
        }
        json.endArray()
      }
      json.endObject()
    }
  }
}

extension JSONWriter {
  fileprivate mutating func target(_ target: TargetStatus) {
    beginObject()
    key("discoveredLabels")
    labels(target.discoveredLabels)
    key("labels")
    labels(target.labels ?? .empty)
    member("scrapePool", target.pool)
    member("scrapeUrl", target.url)
    member("globalUrl", target.globalURL)
    member("lastError", target.lastError)
    member("lastScrape", target.lastScrape)
    member("lastScrapeDuration", target.lastScrapeSeconds)
    member("health", target.health.rawValue)
    member("scrapeInterval", target.interval.description)
    member("scrapeTimeout", target.timeout.description)
    endObject()
  }

  fileprivate mutating func ranking(_ name: String, _ entries: StorageInfo.Ranking, _ limit: Int) {
    key(name)
    beginArray()
    for entry in entries.prefix(limit) {
      beginObject()
      member("name", entry.name)
      member("value", entry.value)
      endObject()
    }
    endArray()
  }
}
