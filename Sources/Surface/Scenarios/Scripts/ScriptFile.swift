import Foundation

/// A script's name and text.
public struct ScriptFile: Hashable, Sendable {
  /// As failures name it: the file without its folder.
  public var name: String
  public var text: String

  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// Reads a file.
  ///
  /// - Throws: ``ScriptFileError`` when it cannot be read, is not UTF-8 or larger than ``largest`` bytes.
  public init(path: String) throws(ScriptFileError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ScriptFileError(path: path, problem: "cannot be read")
    }
    guard data.count <= Self.largest else {
      throw ScriptFileError(path: path, problem: "is too large: \(data.count) bytes, at most \(Self.largest)")
    }
    guard let text = String(validating: data, as: UTF8.self) else { throw ScriptFileError(path: path, problem: "is not UTF-8") }
    self.init(name: path.split(separator: "/").last.map(String.init) ?? path, text: text)
  }

  public static let largest = 64 << 20
}

public struct ScriptFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  public var problem: String
  public var description: String { "\(path) \(problem)" }
}
