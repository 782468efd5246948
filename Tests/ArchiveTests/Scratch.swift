import Foundation
import Postgres
import TimescaleDB

@testable import Archive

/// A directory that goes with the test, and an archive with one file of rows in it.
final class Scratch {
  let directory: ArchiveDirectory
  static let archive = "0123456789abcdef0123456789abcdef"
  static let rows: [UInt8] = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

  init() throws {
    let path = NSTemporaryDirectory() + "/archive-\(UUID().uuidString)"
    directory = ArchiveDirectory(path)
    try directory.make()
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.path) }

  static let chunk: ChunkDescription = {
    let column = Column(
      name: Identifier("time"), type: "bigint", number: 1, isGenerated: false, hasPortableBinaryForm: true,
      hasPortableBatches: true, builtinType: 20, isCollatable: false, missingValue: nil)
    return ChunkDescription(
      name: QualifiedName("s", "_hyper_1_2_chunk"), status: [],
      hypertable: QualifiedName("public", "Zeit \"é\""),
      dimensions: [
        TimescaleDB.Dimension(
          column: Identifier("time"), type: "bigint", isOpen: true, partitioningFunction: nil)
      ],
      slices: [TimescaleDB.Dimension.Range(lower: -5, upper: 100)], columns: [column], hypertableNumbers: [:],
      size: 8192,
      storedSize: 16384)
  }()

  static let range = TimescaleDB.Dimension.Range(lower: .min, upper: 50)

  static let name = ArchivedChunk.name(
    of: chunk.name, hypertable: chunk.hypertable, slices: [(Identifier("time"), chunk.slices[0])],
    range: range)

  /// Writes the file and its description.
  @discardableResult
  func write(_ rows: [UInt8] = Scratch.rows, level: Int = 3) throws -> ArchivedChunk {
    guard var writer = try ChunkFileWriter.open(Self.name, level: level, in: directory) else {
      throw ArchiveFault.missing(file: "nobody else writes here")
    }
    for start in stride(from: 0, to: rows.count, by: 65_536) {
      try rows[start..<min(start + 65_536, rows.count)].withUnsafeBytes { try writer.append($0) }
    }
    return try writer.publish(of: Self.archive) { written in
      ArchivedChunk(
        name: Self.name, chunk: Self.chunk, range: Self.range, format: .binary,
        columns: [Identifier("time")], rows: 12, copiedBytes: written.copiedBytes, bytes: written.bytes,
        sha256: written.sha256, checksum: "-123456789012345678901234567890", position: "0/16B3748")
    }
  }

  func path(_ file: String) -> String { directory.path + "/" + file }

  var dataPath: String { path(ArchivedChunk.dataFile(Self.name)) }
  var descriptionPath: String { path(ArchivedChunk.descriptionFile(Self.name)) }

  func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
  func put(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// All rows, or the fault that reading them ends with.
  func read() -> Result<[UInt8], ArchiveFault> {
    var found: [UInt8] = []
    do {
      let described = try directory.description(of: Self.name, in: Self.archive)
      try described.readRows(in: directory) { found += $0 }
      return .success(found)
    } catch let fault as ArchiveFault {
      return .failure(fault)
    } catch {
      return .failure(.missing(file: "\(error)"))
    }
  }
}
