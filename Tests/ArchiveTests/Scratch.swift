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
  func write(
    _ rows: [UInt8] = Scratch.rows, level: Int = 3, _ change: (inout ArchivedChunk) -> Void = { _ in }
  ) throws -> ArchivedChunk {
    guard let writer = try ChunkFileWriter.open(Self.name, level: level, in: directory) else {
      throw ArchiveFault.missing(file: "nobody else writes here")
    }
    let file = try writer.openRows()
    try Self.append(rows, to: file)
    var chunk = ArchivedChunk(
      name: Self.name, chunk: Self.chunk, range: Self.range,
      rowFile: try file.publish(.binary, columns: [Identifier("time")], tuples: 12), rows: 12,
      checksum: "-123456789012345678901234567890", position: "0/16B3748")
    change(&chunk)
    try writer.publish(chunk, of: Self.archive)
    return chunk
  }

  /// The same of batches, with rows beside them where that is asked for.
  @discardableResult
  func writeBatches(_ batches: [UInt8] = Scratch.rows, partial: Bool = false) throws -> ArchivedChunk {
    let chunk = Self.compressedChunk(partial: partial)
    guard let writer = try ChunkFileWriter.open(Self.name(of: chunk), level: 3, in: directory) else {
      throw ArchiveFault.missing(file: "nobody else writes here")
    }
    var rowFile: ArchivedFile?
    if partial {
      let file = try writer.openRows()
      try Self.append(Array(Self.rows.prefix(1000)), to: file)
      rowFile = try file.publish(.binary, columns: [Identifier("time")], tuples: 3)
    }
    let file = try writer.openBatches()
    try Self.append(batches, to: file)
    let columns = ["_ts_meta_count", "time"].map { Identifier($0) }
    let archived = ArchivedChunk(
      name: Self.name(of: chunk), chunk: chunk, range: .init(lower: .min, upper: .max), rowFile: rowFile,
      batches: ArchivedBatches(
        file: try file.publish(.text, columns: columns, tuples: 2), rows: 1500,
        settings: CompressionSettings(
          segmentBy: nil,
          orderBy: [.init(column: Identifier("time"), isDescending: true, nullsFirst: true)],
          indexes: "bloom(a)"), origin: Self.origin),
      rows: partial ? 1503 : 1500, checksum: "7", position: nil)
    try writer.publish(archived, of: Self.archive)
    return archived
  }

  static let origin = BatchOrigin(
    timescaleVersion: "2.29.2", postgresVersion: "18.1 (Debian 18.1-1)", encoding: "UTF8",
    defaultCollation: "c en_US.UTF-8 2.41", bloomHash: nil)

  private static func append(_ bytes: [UInt8], to file: CopyFileWriter) throws {
    for start in stride(from: 0, to: bytes.count, by: 65_536) {
      try bytes[start..<min(start + 65_536, bytes.count)].withUnsafeBytes { try file.append($0) }
    }
  }

  static func compressedChunk(partial: Bool) -> ChunkDescription {
    let data = "_timescaledb_internal.compressed_data"
    let relation = ChunkDescription.CompressedRelation(
      name: QualifiedName("s", "compress_hyper_1_3_chunk"),
      columns: [column("_ts_meta_count", "integer", number: 1), column("time", data, number: 2)],
      settings: "{} {time} {t} {t}", sizes: [1, 2, 3])
    return ChunkDescription(
      name: chunk.name, status: partial ? [.compressed, .partial] : .compressed, hypertable: chunk.hypertable,
      dimensions: chunk.dimensions, slices: chunk.slices, columns: chunk.columns, hypertableNumbers: [:],
      size: 8192, storedSize: 16384, columnRanges: "time 1 2", compressed: relation,
      enforced: ["UNIQUE USING btree (\"time\")", "CHECK ((\"time\" > 0))"])
  }

  private static func column(_ name: String, _ type: String, number: Int64) -> Column {
    Column(
      name: Identifier(name), type: type, number: number, isGenerated: false, hasPortableBinaryForm: true,
      hasPortableBatches: true, builtinType: nil, isCollatable: false, missingValue: nil)
  }

  static func name(of chunk: ChunkDescription) -> String {
    ArchivedChunk.name(
      of: chunk.name, hypertable: chunk.hypertable, slices: [(Identifier("time"), chunk.slices[0])],
      range: .init(lower: .min, upper: .max))
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
      for file in described.files { try file.read(in: directory) { found += $0 } }
      return .success(found)
    } catch let fault as ArchiveFault {
      return .failure(fault)
    } catch {
      return .failure(.missing(file: "\(error)"))
    }
  }
}
