// swift-tools-version: 6.2
import PackageDescription

// The house as a table: a room stands on a floor and uses rooms of floors beneath it, never neighbours, never above.
// docs/architecture.md draws it.

enum Floor: Int {
  case system = 1
  case words, formats, models, engines, policies, surface, program
  var folder: String {
    switch self {
    case .system: "System"
    case .words: "Words"
    case .formats: "Formats"
    case .models: "Models"
    case .engines: "Engines"
    case .policies: "Policies"
    case .surface: "Surface"
    case .program: "Program"
    }
  }
}

struct Room {
  var floor: Floor
  var name: String
  var uses: [String]
  /// Packages from outside, as (product, package).
  var products: [(String, String)] = []
  var tested = true
  /// What its tests speak to beyond that.
  var testUses: [String] = []
}

let rooms: [Room] = [
  Room(floor: .system, name: "Threading", uses: ["CThreads"]),

  Room(floor: .words, name: "TextCoding", uses: []),
  Room(floor: .words, name: "SourceText", uses: []),
  Room(floor: .words, name: "SeriesModel", uses: ["CRE2", "CXXHash", "Threading"]),
  Room(floor: .words, name: "DurableLog", uses: ["CDeflate", "Threading"]),

  Room(floor: .formats, name: "YAMLTree", uses: ["CLibyaml", "SourceText", "SeriesModel"]),
  Room(floor: .formats, name: "Exposition", uses: ["CDeflate", "TextCoding", "SeriesModel", "SourceText"]),
  Room(floor: .formats, name: "PromQLSyntax", uses: ["TextCoding", "SourceText", "SeriesModel"]),
  Room(floor: .formats, name: "WireCoding", uses: ["CSnappy", "SeriesModel"]),
  Room(floor: .formats, name: "MessageTemplate", uses: ["TextCoding", "SourceText", "SeriesModel"]),

  Room(floor: .models, name: "Catalogue", uses: ["SeriesModel"]),
  Room(floor: .models, name: "RuleModel", uses: ["SourceText", "SeriesModel", "YAMLTree", "PromQLSyntax", "MessageTemplate"]),
  Room(floor: .models, name: "AlertModel", uses: ["TextCoding", "SeriesModel"]),
  Room(floor: .models, name: "Orchestration", uses: ["SeriesModel"]),

  Room(floor: .engines, name: "Storage", uses: ["Threading", "SeriesModel", "TextCoding"]),
  Room(
    floor: .engines, name: "PromQLEngine",
    uses: ["Threading", "CXXHash", "SeriesModel", "SourceText", "TextCoding", "PromQLSyntax"]),
  Room(
    floor: .engines, name: "Instruments", uses: ["Threading", "CDeflate", "SeriesModel", "TextCoding", "Exposition", "Catalogue"]),
  Room(floor: .engines, name: "HTTPServer", uses: ["Threading", "CMicrohttpd", "CDeflate", "CZlib", "SeriesModel"]),
  Room(floor: .engines, name: "HTTPClient", uses: ["Threading", "CCurl", "SeriesModel"]),

  Room(
    floor: .policies, name: "Rules",
    uses: [
      "Threading", "SeriesModel", "TextCoding", "SourceText", "PromQLSyntax", "MessageTemplate", "RuleModel", "AlertModel",
      "PromQLEngine",
      "CXXHash", "Catalogue", "Instruments", "DurableLog",
    ]),
  Room(
    floor: .policies, name: "Notify",
    uses: [
      "Threading", "SeriesModel", "TextCoding", "SourceText", "YAMLTree", "AlertModel", "Catalogue", "Instruments", "HTTPClient",
      "DurableLog",
    ]),
  Room(
    floor: .policies, name: "Ingest",
    uses: [
      "Threading", "CSimdJSON", "CXXHash", "SeriesModel", "TextCoding", "DurableLog", "Catalogue", "Orchestration", "Instruments",
    ],
    products: [("GRDB", "GRDB.swift")]),

  Room(
    floor: .surface, name: "API",
    uses: [
      "SeriesModel", "TextCoding", "SourceText", "PromQLSyntax", "WireCoding", "RuleModel", "AlertModel", "Catalogue",
      "PromQLEngine", "Instruments",
      "HTTPServer", "Rules", "Notify", "Ingest", "Exposition",
    ]),
  Room(
    floor: .surface, name: "Checks",
    uses: [
      "SourceText", "SeriesModel", "YAMLTree", "PromQLSyntax", "MessageTemplate", "Exposition", "Catalogue", "RuleModel",
      "TextCoding",
    ]),
  Room(
    floor: .surface, name: "Scenarios",
    uses: [
      "Threading", "SourceText", "SeriesModel", "TextCoding", "YAMLTree", "PromQLSyntax", "MessageTemplate", "RuleModel",
      "AlertModel",
      "Storage", "PromQLEngine",
      "Rules",
    ]),
  Room(
    floor: .surface, name: "Simulation", uses: ["Threading", "SeriesModel", "TextCoding", "HTTPServer", "HTTPClient"],
    testUses: [
      "SourceText", "PromQLSyntax", "RuleModel", "AlertModel", "Catalogue", "Instruments", "Ingest", "Storage", "PromQLEngine",
      "Rules",
    ]),

  Room(
    floor: .program, name: "TidemarkCommand",
    uses: [
      "Threading", "CMalloc",
      "SourceText", "SeriesModel", "TextCoding", "DurableLog", "YAMLTree", "Exposition", "PromQLSyntax", "WireCoding",
      "MessageTemplate", "Catalogue",
      "RuleModel", "AlertModel", "Orchestration", "Storage", "PromQLEngine", "Instruments", "HTTPServer", "HTTPClient", "Rules",
      "Notify", "Ingest", "API",
      "Checks", "Scenarios", "Simulation",
    ],
    products: [("ArgumentParser", "swift-argument-parser"), ("Logging", "swift-log")]),
]

var house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .treatWarning("StrictMemorySafety", as: .warning),
]

/// libFuzzer's runtime, named by `scripts/fuzz`. Rooms are built with its counters then, and the fuzz targets exist.
let fuzzer = Context.environment["TIDEMARK_FUZZ"]
if fuzzer != nil { house.append(.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])) }

func systemLibrary(_ name: String, pkgConfig: String, debian: String) -> Target {
  .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// A C++17 library with a C face.
func cxxShim(_ name: String, library: String) -> Target {
  .target(name: name, path: "Sources/System/\(name)", linkerSettings: [.linkedLibrary(library)])
}

var targets: [Target] = [
  systemLibrary("CMicrohttpd", pkgConfig: "libmicrohttpd", debian: "libmicrohttpd-dev"),
  systemLibrary("CLibyaml", pkgConfig: "yaml-0.1", debian: "libyaml-dev"),
  systemLibrary("CCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
  systemLibrary("CSnappy", pkgConfig: "snappy", debian: "libsnappy-dev"),
  systemLibrary("CDeflate", pkgConfig: "libdeflate", debian: "libdeflate-dev"),
  systemLibrary("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
  systemLibrary("CXXHash", pkgConfig: "libxxhash", debian: "libxxhash-dev"),
  // Headers of the C library itself.
  .systemLibrary(name: "CMalloc", path: "Sources/System/CMalloc"),
  .systemLibrary(name: "CThreads", path: "Sources/System/CThreads"),
  cxxShim("CRE2", library: "re2"),
  cxxShim("CSimdJSON", library: "simdjson"),
]

for room in rooms {
  let uses: [Target.Dependency] =
    room.uses.map { .init(stringLiteral: $0) } + room.products.map { .product(name: $0.0, package: $0.1) }
  targets.append(
    .target(name: room.name, dependencies: uses, path: "Sources/\(room.floor.folder)/\(room.name)", swiftSettings: house))
  if room.tested {
    // A room's tests see what the room sees, and what they name themselves.
    targets.append(
      .testTarget(
        name: "\(room.name)Tests",
        dependencies: [.init(stringLiteral: room.name)] + uses + room.testUses.map { .init(stringLiteral: $0) },
        path: "Tests/\(room.floor.folder)/\(room.name)Tests", swiftSettings: house))
  }
}

targets.append(
  .executableTarget(name: "tidemark", dependencies: ["TidemarkCommand"], path: "Sources/Program/tidemark", swiftSettings: house))

// What the engine allocates and costs; `scripts/bench engine` runs it.
targets.append(.target(name: "CAllocationCount", path: "Tests/Bench/CAllocationCount"))
targets.append(
  .executableTarget(
    name: "EngineBench", dependencies: ["CAllocationCount", "CMalloc", "SeriesModel", "PromQLSyntax", "Storage", "PromQLEngine"],
    path: "Tests/Bench/EngineBench", swiftSettings: house))

if let fuzzer {
  let uses = [
    "CLibFuzzer", "Threading", "SeriesModel", "SourceText", "TextCoding", "Exposition", "PromQLSyntax", "WireCoding", "Storage",
    "PromQLEngine",
    "Ingest",
  ]
  targets.append(.systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"))
  targets.append(
    .executableTarget(
      name: "FuzzTargets", dependencies: uses.map { .init(stringLiteral: $0) }, path: "Tests/Fuzz/FuzzTargets",
      swiftSettings: house, linkerSettings: [.unsafeFlags(["-sanitize=address", fuzzer])]))
}

let package = Package(
  name: "tidemark",
  products: [.executable(name: "tidemark", targets: ["tidemark"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: targets,
  cxxLanguageStandard: .cxx17
)
