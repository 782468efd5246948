import ChunkCatalog
import Loading
import Postgres

/// Loads a batch in which something is wrong: a piece of it that fails is undone and cut, at the line that the server
/// names or else into halves, until a piece is one record; that one is bad. Whatever the server names is only a hint:
/// no record is taken for bad that didn't fail by itself.
struct BadRecordSearch {
  private let load: BatchLoad
  private let index: RecordIndex
  private(set) var outcome = LoadMark.Outcome()
  /// To be kept with the batch's mark.
  private(set) var rejected: [RejectedRecord] = []
  /// A record that the server had named turned out to be good.
  private var distrustsHints = false

  private static let savepoint = Savepoint("backfill_piece")

  init(_ load: BatchLoad) {
    self.load = load
    index = RecordIndex(load.batch, load.plan.format)
  }

  /// - Throws: `PostgresError`, `LoadFailure`; with the first bad record as its reason where none is to be left out.
  mutating func run(on session: borrowing Connection, found: (BadRecord) -> Void) throws {
    // The first piece stands last, so that records get in in their order.
    var pieces: [(records: Range<Int>, isNamed: Bool)] = [(0..<index.count, false)]
    while let (records, isNamed) = pieces.popLast() {
      do {
        outcome += try perform(records, on: session)
        if isNamed { distrustsHints = true }
      } catch let error as PostgresError {
        guard error.isAboutRecord, session.isUsable else { throw error }
        try session.execute(Self.savepoint.undoing + Self.savepoint.release, doing: load.operation)
        if records.count == 1 {
          try leaveOut(records.lowerBound, error, found)
        } else {
          pieces += cut(records, error).reversed()
        }
      }
    }
  }

  private func perform(_ records: Range<Int>, on session: borrowing Connection) throws -> LoadMark.Outcome {
    let operation = load.operation
    try session.send(Self.savepoint.setting + load.plan.copy, doing: operation)
    try session.awaitCopy(doing: operation)
    let bytes = UnsafeRawBufferPointer(rebasing: load.batch.bytes[index.bytes(of: records)])
    try session.sendCopy(bytes, doing: operation)
    let outcome = try load.bringIn(records.count, on: session)
    try session.execute(load.plan.clearing + Self.savepoint.release, doing: operation)
    return outcome
  }

  /// The pieces into which one is cut, in their order.
  private func cut(_ records: Range<Int>, _ error: PostgresError) -> [(records: Range<Int>, isNamed: Bool)] {
    if !distrustsHints, let line = error.copyLine,
      let named = index.record(atLine: line, countedFrom: records.lowerBound), records.contains(named)
    {
      return [
        (records.lowerBound..<named, false), (named..<named + 1, true),
        (named + 1..<records.upperBound, false),
      ].filter { !$0.0.isEmpty }
    }
    let middle = records.lowerBound + records.count / 2
    return [(records.lowerBound..<middle, false), (middle..<records.upperBound, false)]
  }

  private mutating func leaveOut(
    _ record: Int, _ error: PostgresError, _ found: (BadRecord) -> Void
  ) throws {
    let bad = BadRecord(
      path: load.input.name, line: load.batch.firstLine + Int64(index.lines(before: record)),
      column: error.copyColumn(among: load.plan.columns), error: error)
    if load.errors == .stop { throw LoadFailure.finding(.badRecord(bad)) }
    found(bad)
    outcome += LoadMark.Outcome(rejected: 1)
    guard case .reject = load.errors else { return }
    rejected.append(
      RejectedRecord(
        input: load.input.number, line: bad.line, column: bad.column?.name, sqlState: error.sqlState,
        message: error.message ?? "", record: Array(load.batch.bytes[index.bytes(of: record..<record + 1)])))
  }
}

extension PostgresError {
  /// Whether it is a record that the server refuses, and not more than that: its data (class 22), a constraint (23), a
  /// view's check (44), what a trigger raises (P0001), or a value that is too large for an index (54000).
  var isAboutRecord: Bool {
    guard kind == .refusedByServer, let sqlState else { return false }
    return ["22", "23", "44"].contains(sqlState.prefix(2)) || ["P0001", "54000"].contains(sqlState)
  }

  /// The line of the COPY data, as the server tells it in its own language: the first number behind the relation's
  /// name, in `COPY readings, line 17, column value: "x"`.
  var copyLine: Int? {
    guard let place = copyPlace else { return nil }
    let digits = place.drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) }
    return Int(String(String.UnicodeScalarView(digits)))
  }

  /// The column that stands in the same place, as far as it is one of these.
  func copyColumn(among columns: [Identifier]) -> Identifier? {
    if let column { return columns.first { $0.name == column } }
    guard let place = copyPlace else { return nil }
    let text = String(String.UnicodeScalarView(place))
    // The longest one that the place names right in front of the value.
    return columns.filter { name in
      let part = " \(name.name)"
      return text.contains(part: part + ":") || text.contains(part: part + " :") || text.hasSuffix(part)
    }.max { $0.name.utf8.count < $1.name.utf8.count }
  }

  /// What of the context is about the place in the data: behind the relation's name, up to the end of the line.
  private var copyPlace: Substring.UnicodeScalarView? {
    guard let context else { return nil }
    for line in context.split(whereSeparator: \.isNewline) where line.hasPrefix("COPY ") {
      guard let comma = line.unicodeScalars.firstIndex(of: ",") else { continue }
      return line.unicodeScalars[comma...]
    }
    return nil
  }
}
