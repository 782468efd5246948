public import Postgres

/// How records are written in a file, in the terms of COPY
/// (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS).
public struct RecordFormat: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case csv
    case text
  }

  public var kind: Kind
  public var delimiter: UInt8
  /// What stands for NULL; nil is COPY's own choice.
  public var null: String?
  /// Of CSV alone.
  public var quote: UInt8
  public var escape: UInt8
  /// As PostgreSQL calls it; nil is UTF8.
  public var encoding: String?

  public init(
    _ kind: Kind = .csv, delimiter: UInt8? = nil, null: String? = nil, quote: UInt8 = Byte.quote,
    escape: UInt8? = nil, encoding: String? = nil
  ) {
    self.kind = kind
    self.delimiter = delimiter ?? (kind == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t"))
    self.null = null
    self.quote = quote
    self.escape = escape ?? quote
    self.encoding = encoding
  }

  public var isUTF8: Bool { encoding == nil || encoding == "UTF8" }

  /// COPY's options, in parentheses.
  public var copyOptions: SQL {
    var options: [SQL] = [
      kind == .csv ? "FORMAT csv" : "FORMAT text", "ENCODING \(encoding ?? "UTF8")",
      "DELIMITER \(Self.text(delimiter))",
    ]
    if let null { options.append("NULL \(null)") }
    if kind == .csv { options += ["QUOTE \(Self.text(quote))", "ESCAPE \(Self.text(escape))"] }
    return "(\(options.joined(separator: ", ")))"
  }

  /// What decides what the records of a file mean: a name and a value for each.
  public var facts: [(name: String, value: String)] {
    [
      ("format", kind.rawValue), ("delimiter", Self.text(delimiter)), ("null", null ?? "(default)"),
      ("quote", kind == .csv ? Self.text(quote) : ""), ("escape", kind == .csv ? Self.text(escape) : ""),
      ("encoding", encoding ?? "UTF8"),
    ]
  }

  private static func text(_ byte: UInt8) -> String { String(decoding: [byte], as: UTF8.self) }
}

/// Bytes that mean something in files of records.
public enum Byte {
  public static let newline = UInt8(ascii: "\n")
  public static let carriageReturn = UInt8(ascii: "\r")
  public static let backslash = UInt8(ascii: "\\")
  public static let quote = UInt8(ascii: "\"")
  public static let dot = UInt8(ascii: ".")
}
