import Catalogue
import Exposition
import SeriesModel

/// A page's text, and where each segment's lines lie in it.
///
/// Rendering again copies what did not change from the last page, and for segments where only values changed, the beginnings of their lines.
struct PageText: Sendable {
  let format: ExpositionFormat
  let showsCreated: Bool
  private(set) var bytes: [UInt8] = []
  private(set) var lineCount = 0
  /// By segment.
  private var segments: [SegmentText] = []

  struct SegmentText: Sendable {
    /// Of the segment when it was rendered.
    var structure: UInt64 = 0
    var version: UInt64 = 0
    var range = 0..<0
    var lines: [Line] = []
  }

  /// How a line is cut: what comes before the value, and the value with its line feed.
  struct Line: Sendable {
    var prefix: UInt32
    /// 0 for a line that never changes, which is all prefix.
    var value: UInt32
  }

  init(_ format: ExpositionFormat, showsCreated: Bool) {
    self.format = format
    self.showsCreated = showsCreated && format == .openMetrics
  }

  /// Makes the page anew from the registry's state.
  mutating func render(_ state: borrowing RegistryUpdate) {
    var page: [UInt8] = []
    page.reserveCapacity(bytes.count + bytes.count / 64 + 4096)
    while segments.count < state.segments.count { segments.append(SegmentText()) }
    // A run of the old page that stays, not copied yet.
    var staying = 0..<0
    lineCount = 0
    for family in state.families.indices {
      let shape = state.families[family].shape
      var hasHeader = false
      var writer: LineWriter?
      for id in state.families[family].segments {
        let segment = Int(id)
        if state.segments[segment].entities.isEmpty { continue }
        if !hasHeader {
          hasHeader = true
          flush(&staying, to: &page)
          let declared = shape.family
          ExpositionWriter.appendMetadata(
            name: declared.name, type: declared.type, unit: declared.unit.rawValue, help: declared.help, in: format, to: &page)
        }
        if segments[segment].structure != state.segments[segment].structure {
          flush(&staying, to: &page)
          let lines = writer ?? LineWriter(shape, format)
          writer = lines
          renderAnew(segment, lines, shape, state, to: &page)
        } else if segments[segment].version != state.segmentVersions[segment] {
          flush(&staying, to: &page)
          renderValues(segment, shape, state, to: &page)
        } else {
          let old = segments[segment].range
          if staying.upperBound != old.lowerBound { flush(&staying, to: &page) }
          staying = staying.isEmpty ? old : staying.lowerBound..<old.upperBound
          let start = page.count + (staying.count - old.count)
          segments[segment].range = start..<start + old.count
        }
        lineCount += segments[segment].lines.count
      }
    }
    flush(&staying, to: &page)
    if format == .openMetrics { page.append(contentsOf: ExpositionWriter.end) }
    bytes = page
  }

  private func flush(_ staying: inout Range<Int>, to page: inout [UInt8]) {
    if !staying.isEmpty { page.append(contentsOf: bytes[staying]) }
    staying = 0..<0
  }

  // MARK: Values only

  private mutating func renderValues(
    _ segment: Int, _ shape: FamilyShape, _ state: borrowing RegistryUpdate, to page: inout [UInt8]
  ) {
    let start = page.count
    var old = segments[segment].range.lowerBound
    var line = 0
    func write(_ value: Double, _ text: inout SegmentText) {
      let cut = text.lines[line]
      page.append(contentsOf: bytes[old..<old + Int(cut.prefix)])
      old += Int(cut.prefix + cut.value)
      let before = page.count
      ExpositionWriter.appendValue(value, to: &page)
      page.append(newline)
      text.lines[line].value = UInt32(page.count - before)
      line += 1
    }
    func copyFixed(_ text: SegmentText) {
      let length = Int(text.lines[line].prefix)
      page.append(contentsOf: bytes[old..<old + length])
      old += length
      line += 1
    }
    var text = SegmentText()
    swap(&text, &segments[segment])
    for entity in state.segments[segment].entities {
      var cell = Int(state.entities[Int(entity)].firstCell)
      for _ in 0..<shape.combinations {
        if shape.kind == .histogram {
          var count = 0.0
          for i in 0...shape.family.buckets.count {
            count += state.cells[cell + i]
            write(count, &text)
          }
          write(state.cells[cell + shape.cellsPerSet - 1], &text)
          write(count, &text)
        } else {
          write(state.cells[cell], &text)
        }
        if showsCreated && shape.kind != .gauge { copyFixed(text) }
        cell += shape.cellsPerSet
      }
    }
    swap(&text, &segments[segment])
    segments[segment].version = state.segmentVersions[segment]
    segments[segment].range = start..<page.count
  }

  // MARK: From nothing

  private mutating func renderAnew(
    _ segment: Int, _ writer: LineWriter, _ shape: FamilyShape, _ state: borrowing RegistryUpdate, to page: inout [UInt8]
  ) {
    let start = page.count
    var lines: [Line] = []
    lines.reserveCapacity(state.segments[segment].entities.count * shape.linesPerEntity)
    var labels: [UInt8] = []
    for entity in state.segments[segment].entities {
      var cell = Int(state.entities[Int(entity)].firstCell)
      let key = state.entities[Int(entity)].key
      let parts = RegistryUpdate.parts(of: key)
      for combination in 0..<shape.combinations {
        writer.setLabels(&labels, key, parts, combination)
        if shape.kind == .histogram {
          var count = 0.0
          for i in 0...shape.family.buckets.count {
            count += state.cells[cell + i]
            lines.append(writer.appendBucket(i, labels, count, to: &page))
          }
          lines.append(writer.appendSum(labels, state.cells[cell + shape.cellsPerSet - 1], to: &page))
          lines.append(writer.appendCount(labels, count, to: &page))
        } else {
          lines.append(writer.appendPlain(labels, state.cells[cell], to: &page))
        }
        if showsCreated && shape.kind != .gauge {
          lines.append(writer.appendCreated(labels, state.entities[Int(entity)].created, to: &page))
        }
        cell += shape.cellsPerSet
      }
    }
    segments[segment] = SegmentText(
      structure: state.segments[segment].structure, version: state.segmentVersions[segment], range: start..<page.count, lines: lines
    )
  }
}

private let newline = UInt8(ascii: "\n")
