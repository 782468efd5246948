public import Postgres
public import TimescaleDB

/// What an archive holds of a chunk: all of its rows, or those of a part of its time.
public struct ArchivedChunk: Sendable {
  /// As what the rows are there.
  public enum Kind: String, Sendable {
    /// COPY data of rows.
    case rows
    /// COPY data of the compressed relation.
    case batches
    /// The same, and beside it the rows that weren't compressed.
    case both
  }

  /// The files' name without what stands behind its dots.
  public var name: String
  /// The chunk as it was read: of a compressed one it says by which settings, also where its rows are in the file.
  public var chunk: ChunkDescription
  /// The part of the chunk's time; `Int64.min` and `.max` stand for the chunk's own bounds.
  public var range: Dimension.Range
  /// The rows: all of them, or those beside the batches; nil where there are batches alone.
  public var rowFile: ArchivedFile?
  /// nil where all rows are in the other file.
  public var batches: ArchivedBatches?
  /// All rows, those in batches counted one by one.
  public var rows: Int64
  /// The sum over the rows' hashes, as `verify` computes it with texts in UTF-8.
  public var checksum: String
  /// Of the write-ahead log when the snapshot was taken that the rows were read in; nil where it isn't known.
  public var position: String?

  public init(
    name: String, chunk: ChunkDescription, range: Dimension.Range, rowFile: ArchivedFile?,
    batches: ArchivedBatches? = nil, rows: Int64, checksum: String, position: String?
  ) {
    self.name = name
    self.chunk = chunk
    self.range = range
    self.rowFile = rowFile
    self.batches = batches
    self.rows = rows
    self.checksum = checksum
    self.position = position
  }

  public var kind: Kind {
    guard batches != nil else { return .rows }
    return rowFile == nil ? .batches : .both
  }

  /// The files with data.
  public var files: [ArchivedFile] { [rowFile, batches?.file].compactMap { $0 } }

  /// Of all files.
  public var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }

  /// Of COPY data, not compressed.
  public var copiedBytes: Int64 { files.reduce(0) { $0 + $1.copiedBytes } }

  /// The file with rows.
  public static func dataFile(_ name: String) -> String { name + ".copy.zst" }

  /// The file with batches.
  public static func batchFile(_ name: String) -> String { name + ".batches.zst" }

  /// The file that describes them, which is written last: where it is, the others are whole.
  public static func descriptionFile(_ name: String) -> String { name + ".json" }
}

extension ArchiveDirectory {
  /// Whether a chunk is finished: described, and its files there at their lengths. That their bytes are the right ones
  /// is known where they are read.
  ///
  /// - Throws: `ArchiveFault`; not for a description that can't be used.
  public func finished(_ name: String, in archive: String) throws(ArchiveFault) -> ArchivedChunk? {
    guard try has(ArchivedChunk.descriptionFile(name)) else { return nil }
    do throws(ArchiveFault) {
      let described = try description(of: name, in: archive)
      for file in described.files {
        guard try size(of: file.name) == file.bytes else { return nil }
      }
      return described
    } catch {
      if case .refused = error { throw error }
      return nil
    }
  }

  /// Takes away all that there is of a chunk, its description first.
  ///
  /// - Throws: `ArchiveFault`.
  public func removeChunk(_ name: String) throws(ArchiveFault) {
    for file in [
      ArchivedChunk.descriptionFile(name), ArchivedChunk.dataFile(name), ArchivedChunk.batchFile(name),
    ] { try remove(file) }
  }
}

extension ArchivedChunk {
  /// What a file is called: readable, and another one for other chunks, bounds and parts.
  public static func name(
    of chunk: QualifiedName, hypertable: QualifiedName,
    slices: [(column: Identifier, range: Dimension.Range)],
    range: Dimension.Range
  ) -> String {
    var identity = [chunk.schema.name, chunk.name.name, "\(range.lower)", "\(range.upper)"]
    for slice in slices {
      identity += [slice.column.name, "\(slice.range.lower)", "\(slice.range.upper)"]
    }
    var digest = SHA256()
    for part in identity { digest.append(Array(part.utf8) + [0]) }
    let readable = [hypertable.name.name, chunk.name.name].map(plain)
    return (readable + [String(digest.finished().prefix(16))]).joined(separator: ".")
  }

  /// What any file system takes, at a length that it takes.
  private static func plain(_ name: String) -> String {
    let bytes = name.utf8.prefix(60).map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"): byte
      default: UInt8(ascii: "-")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
