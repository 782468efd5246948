import ChunkCatalog
import Postgres
import TaskEngine
import Waiting

/// The end of a load: all of every input is in, which the server counts once more, and rejected records are in their
/// file.
struct LoadEnd {
  let setting: LoadSetting

  /// Writes the rejected records of the load so far, all of them, into their file; also where the load is to go on.
  ///
  /// - Returns: how many there are; nil where no file is wanted, or none are there.
  /// - Throws: `LoadFailure`, `PostgresError`.
  func writeRejects(_ inputs: LoadInputs) throws -> (path: String, records: Int64)? {
    guard case .reject(let path) = setting.options.errors else { return nil }
    return try withSession { session in
      let file = RejectFile(
        path: path,
        names: Dictionary(uniqueKeysWithValues: setting.source.inputs.map { ($0.number, $0.name) }),
        header: inputs.items.lazy.compactMap(\.headerBytes).first)
      return try file.write(setting.transaction.load, on: session).map { (path, $0) }
    }
  }

  /// All batches that are in.
  ///
  /// - Throws: `PostgresError`.
  func marks() throws -> [LoadMark] {
    try withSession { session in try LoadMark.all(of: setting.transaction.load, on: session) }
  }

  /// - Returns: what became of all records, in this run and those before.
  /// - Throws: `LoadFailure`, `PostgresError`.
  func conclude() throws -> LoadMark.Outcome {
    try withSession { session in
      let operation = "ending the load"
      do {
        var isOurs = false
        try session.send("BEGIN; " + setting.transaction.fence, doing: operation)
        try session.drain(doing: operation) { result throws(PostgresError) in
          if result.command == "SELECT" { isOurs = result.rowCount == 1 }
        }
        guard isOurs else { throw LoadFailure.finding(.takenOver) }
        try checkTable(on: session)
        let outcome = try checkCoverage(on: session)
        // This commit is waited for, and with it all that came before.
        try session.execute(
          """
          UPDATE __backfill.load SET ended = clock_timestamp() WHERE id = \(setting.transaction.load);
          COMMIT
          """, doing: operation)
        return outcome
      } catch {
        session.rollBack()
        throw error
      }
    }
  }

  private func checkTable(on session: borrowing Connection) throws {
    let isSame = try session.queryRow(
      "SELECT coalesce(\(setting.transaction.isSameTable), false) AS is_same", doing: "looking at the table"
    ) { row throws(PostgresError) in try row.flag("is_same") }
    guard isSame else { throw LoadFailure.finding(.table(.changed(setting.plan.table.name))) }
  }

  /// Every byte of every input is in exactly one batch: batches have different beginnings, and are as long together
  /// as what lies between the first and the end.
  private func checkCoverage(on session: borrowing Connection) throws -> LoadMark.Outcome {
    let found = try session.query(
      """
      SELECT input, min(first_byte) AS first, max(end_byte) AS last, sum(end_byte - first_byte)::bigint AS bytes,
        \(LoadMark.Outcome.sums), bool_and(rows IS NOT NULL AND rows + left_out + rejected + passed_over = records) AS is_complete
      FROM ONLY __backfill.load_batch WHERE load = \(setting.transaction.load) GROUP BY input
      """, doing: "counting what is loaded"
    ) { row throws(PostgresError) in
      (
        input: Int(try row.integer("input")), first: try row.integer("first"), last: try row.integer("last"),
        bytes: try row.integer("bytes"), isComplete: try row.flag("is_complete"),
        outcome: try LoadMark.Outcome(row)
      )
    }
    let sizes = setting.source.sizes
    for input in setting.source.inputs {
      guard let size = sizes[input.number] else { throw LoadFailure.finding(.incomplete(path: input.name)) }
      guard let batches = found.first(where: { $0.input == input.number }) else {
        if size == input.start { continue }
        throw LoadFailure.finding(.incomplete(path: input.name))
      }
      guard batches.isComplete, batches.first == input.start, batches.last == size,
        batches.bytes == size - input.start
      else { throw LoadFailure.finding(.incomplete(path: input.name)) }
    }
    return found.reduce(into: LoadMark.Outcome()) { $0 += $1.outcome }
  }

  /// A session of its own, as the one that the run began with may be lost by now.
  private func withSession<Value>(_ body: (borrowing Connection) throws -> Value) throws -> Value {
    var outage = RetryPolicy.Outage(setting.retry)
    while true {
      do {
        let session = try setting.open(synchronousCommit: true)
        return try body(session)
      } catch let error as PostgresError {
        guard error.isConnectionTrouble, setting.interrupt.stage != .cancelled,
          let wait = outage.wait(now: .now, random: .random(in: 0..<1))
        else { throw error }
        setting.interrupt.sleep(wait)
      }
    }
  }
}
