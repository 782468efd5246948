public import Postgres
public import TimescaleDB

/// What a file of an archive holds: a chunk's rows, or those of a part of its time.
public struct ArchivedChunk: Sendable {
  /// In which form rows travel in a COPY.
  public enum Format: String, Sendable {
    case binary
    case text
  }

  /// What the file consists of.
  public enum Kind: String, Sendable {
    /// COPY data of rows.
    case rows
  }

  /// The file's name without what stands behind its dots.
  public var name: String
  /// The chunk as it was read: of a compressed one it says by which settings, and its batches aren't in the file.
  public var chunk: ChunkDescription
  /// The part of the chunk's time; `Int64.min` and `.max` stand for the chunk's own bounds.
  public var range: Dimension.Range
  public var kind: Kind
  public var format: Format
  /// The columns that rows have, in their order.
  public var columns: [Identifier]
  public var rows: Int64
  /// Of COPY data, not compressed.
  public var copiedBytes: Int64
  /// Of the file.
  public var bytes: Int64
  /// Of the file, in hexadecimal digits.
  public var sha256: String
  /// The sum over the rows' hashes, as `verify` computes it with texts in UTF-8.
  public var checksum: String
  /// Of the write-ahead log when the snapshot was taken that the rows were read in; nil where it isn't known.
  public var position: String?

  public init(
    name: String, chunk: ChunkDescription, range: Dimension.Range, kind: Kind = .rows, format: Format,
    columns: [Identifier], rows: Int64, copiedBytes: Int64, bytes: Int64, sha256: String, checksum: String,
    position: String?
  ) {
    self.name = name
    self.chunk = chunk
    self.range = range
    self.kind = kind
    self.format = format
    self.columns = columns
    self.rows = rows
    self.copiedBytes = copiedBytes
    self.bytes = bytes
    self.sha256 = sha256
    self.checksum = checksum
    self.position = position
  }

  /// The file with the rows.
  public static func dataFile(_ name: String) -> String { name + ".copy.zst" }

  /// The file that describes it, which is written last: where it is, the other is whole.
  public static func descriptionFile(_ name: String) -> String { name + ".json" }
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
    for part in identity {
      let bytes = Array(part.utf8) + [0]
      bytes.withUnsafeBytes { digest.append($0) }
    }
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
