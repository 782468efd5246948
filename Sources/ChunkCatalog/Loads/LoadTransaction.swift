public import Postgres

/// The one transaction in which a batch's rows and its mark commit:
///
/// 1. `opening`: BEGIN; the load's row, locked against another run that wants to go on with it, and only if it is
/// still this run's; the mark, whose key an earlier try of the same batch has as well. That try may still be under
/// way on the server although its session is lost: then this waits for its end, and finds out whether it has
/// committed. 2. The rows. 3. `completion`: what became of the records, if the table is still the one that the load
/// began with, which the rows have locked by now. 4. COMMIT.
public struct LoadTransaction: Sendable {
  public let load: Int64
  /// The run that works on it.
  public let run: String
  /// The table, as it was when the load began: its OID, its columns that are loaded, and its triggers
  /// (`LoadTable.signature`).
  public let relation: Int64
  public let table: QualifiedName
  public let signature: String
  /// The same for the table as it is, an expression.
  private let signatureNow: SQL

  public init(
    load: Int64, run: String, relation: Int64, table: QualifiedName, signature: String, signatureNow: SQL
  ) {
    self.load = load
    self.run = run
    self.relation = relation
    self.table = table
    self.signature = signature
    self.signatureNow = signatureNow
  }

  /// Its answers are to BEGIN, SELECT (no row where another run has the load) and INSERT (no row where the batch is
  /// in).
  public func opening(_ mark: LoadMark, records: Int) -> SQL {
    """
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    \(fence)
    INSERT INTO __backfill.load_batch (load, input, first_byte, end_byte, first_line, lines, records, at)
    VALUES (\(load), \(mark.input), \(mark.bytes.lowerBound), \(mark.bytes.upperBound), \(mark.firstLine), \(mark.lines),
      \(records), clock_timestamp())
    ON CONFLICT DO NOTHING;
    """
  }

  /// A row where the load is this run's, which stays so until the transaction ends.
  public var fence: SQL { "SELECT FROM __backfill.load WHERE id = \(load) AND run = \(run) FOR SHARE;" }

  /// Changes one row; none where the table is another one by now.
  public func completion(_ mark: LoadMark) -> SQL {
    """
    UPDATE __backfill.load_batch SET rows = \(mark.outcome.rows), left_out = \(mark.outcome.leftOut),
      rejected = \(mark.outcome.rejected), passed_over = \(mark.outcome.passedOver), at = clock_timestamp()
    WHERE \(key(of: mark)) AND \(isSameTable);
    """
  }

  /// The batch as an earlier try has committed it.
  ///
  /// - Throws: `PostgresError`.
  public func committed(_ mark: LoadMark, on target: borrowing Connection) throws(PostgresError) -> LoadMark?
  {
    try target.query(
      "SELECT \(LoadMark.columns) FROM ONLY __backfill.load_batch WHERE \(key(of: mark))",
      doing: "looking whether the batch is loaded"
    ) { row throws(PostgresError) in try LoadMark(row) }.first
  }

  /// A condition: the name still leads to the table that the load began with, and that is what it was.
  public var isSameTable: SQL {
    "to_regclass(\(table.description))::oid = \(relation)::oid AND \(signatureNow) = \(signature)"
  }

  private func key(of mark: LoadMark) -> SQL {
    "load = \(load) AND input = \(mark.input) AND first_byte = \(mark.bytes.lowerBound)"
  }
}

/// A record that the server refused, with why.
public struct RejectedRecord: Sendable, Equatable {
  public var input: Int
  public var line: Int64
  public var column: String?
  public var sqlState: String?
  public var message: String
  public var record: [UInt8]

  public init(
    input: Int, line: Int64, column: String?, sqlState: String?, message: String, record: [UInt8]
  ) {
    self.input = input
    self.line = line
    self.column = column
    self.sqlState = sqlState
    self.message = message
    self.record = record
  }

  /// Keeps it, in the transaction of its batch.
  public func insertion(into load: Int64) -> SQL {
    """
    INSERT INTO __backfill.load_reject (load, input, line, column_name, sqlstate, message, record)
    VALUES (\(load), \(input), \(line), \(column), \(sqlState), \(message), decode(\(Self.hex(record)), 'hex'));
    """
  }

  /// So many of a load, in the order of its inputs, behind the last one that was read.
  ///
  /// - Throws: `PostgresError`.
  public static func next(
    of load: Int64, after last: RejectedRecord.Place?, limit: Int, on target: borrowing Connection
  ) throws(PostgresError) -> [(place: Place, record: RejectedRecord)] {
    let behind: SQL = last.map { "(input, line, id) > (\($0.input), \($0.line), \($0.id))" } ?? "true"
    return try target.query(
      """
      SELECT id, input, line, column_name, sqlstate, message, encode(record, 'hex') AS record
      FROM ONLY __backfill.load_reject WHERE load = \(load) AND \(behind) ORDER BY input, line, id LIMIT \(limit)
      """, doing: "reading the rejected records"
    ) { row throws(PostgresError) in
      let record = RejectedRecord(
        input: Int(try row.integer("input")), line: try row.integer("line"),
        column: try row.optionalText("column_name"), sqlState: try row.optionalText("sqlstate"),
        message: try row.text("message"), record: bytes(ofHex: try row.text("record")))
      return (Place(input: record.input, line: record.line, id: try row.integer("id")), record)
    }
  }

  /// Where a record stands among the others.
  public struct Place: Sendable {
    var input: Int
    var line: Int64
    var id: Int64
  }

  /// As PostgreSQL's decode takes it.
  public static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { buffer, count in
      for (index, byte) in bytes.enumerated() {
        buffer[index * 2] = digits[Int(byte >> 4)]
        buffer[index * 2 + 1] = digits[Int(byte & 15)]
      }
      count = bytes.count * 2
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func bytes(ofHex text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in text.utf8 {
      let value = digit >= UInt8(ascii: "a") ? digit - UInt8(ascii: "a") + 10 : digit & 15
      if let first = high { bytes.append(first << 4 | value) }
      high = high == nil ? value : nil
    }
    return bytes
  }
}
