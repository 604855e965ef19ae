import SeriesModel
import Testing

@testable import Ingest

struct EventTimeTests {
  @Test(arguments: [
    "2026-11-21T02:25:12Z", "2026-11-21T02:25:12.5Z", "2026-11-21T02:25:12.123456789Z", "1999-12-31T23:59:59.999Z",
    "2024-02-29T00:00:00Z",
    "2023-02-29T00:00:00Z", "2026-11-21T02:25:12+01:00", "2026-11-21 02:25:12Z", "2026-11-21t02:25:12z", "2026-13-01T00:00:00Z",
    "2026-11-21T24:00:00Z", "2026-11-21T02:25:12.Z", "2026-11-21T02:25:1xZ", "0000-01-01T00:00:00Z", "", "2026-11-21T02:25:12",
  ]) func `the fast path agrees with the slow one`(text: String) {
    #expect(EventTime.parse(Array(text.utf8).span) == Timestamp(rfc3339: text))
  }
}
