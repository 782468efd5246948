import Synchronization
import TestServers
import TestTraits
import Testing

/// For each statement of a whole copy: what if, just before it, somebody changes the form of a chunk, or another of our own
/// commands runs? Afterwards either everything is there, or a command says that it isn't.
@Suite(
  "A change at every statement",
  .needs(TestServer.all))
struct ChangeAtEveryStatementTests {
  struct Change: Sendable {
    let name: String
    var onSource: String?
    var onTarget: String?
    var command: [String] = []
    var needsCommunity = true
    /// The source's rows of this table may be gone afterwards.
    var drops: String?
  }

  static let changes = [
    Change(
      name: "compress on the source",
      onSource: "SELECT compress_chunk(c, true) FROM show_chunks('packed') AS c"),
    Change(
      name: "recompress on the source",
      onSource: "SELECT compress_chunk(c, true) FROM show_chunks('partly') AS c"),
    Change(
      name: "decompress on the source",
      onSource:
        "SELECT decompress_chunk(c, true) FROM show_chunks('packed') AS c; SELECT decompress_chunk(c, true) FROM show_chunks('partly') AS c"
    ),
    Change(
      name: "drop on the source", onSource: "SELECT drop_chunks('plain', '2024-01-02Z'::timestamptz)",
      needsCommunity: false, drops: "plain"),
    Change(
      name: "compress on the target",
      onTarget: "SELECT compress_chunk(c, true) FROM show_chunks('packed') AS c"),
    Change(
      name: "decompress on the target",
      onTarget: "SELECT decompress_chunk(c, true) FROM show_chunks('partly') AS c"),
    Change(
      name: "drop on the target", onTarget: "SELECT drop_chunks('plain', '2024-01-02Z'::timestamptz)",
      needsCommunity: false, drops: "plain"),
    Change(
      name: "a column more on the target", onTarget: "ALTER TABLE plain ADD COLUMN more int",
      needsCommunity: false),
    Change(name: "a second copy", command: ["copy", "-p1"], needsCommunity: false),
    Change(
      name: "staging again",
      command: ["stage", "--until", SmallGround.until, "--split-size", SmallGround.splitSize],
      needsCommunity: false),
  ]

  @Test("ends with every row, or with an error", arguments: TestServer.statementEnds)
  func everyStatement(server: TestServer) async throws {
    let stand = try await StatementStand(on: server)
    var tried = 0
    var refused = 0
    for side in StatementStand.Side.allCases {
      let count = try #require(stand.statements[side]?.count)
      try #require(count > 10)
      for change in Self.changes where server.isCommunity || !change.needsCommunity {
        for number in Steps.numbers(for: change.name, below: count, width: Steps.width * 2) {
          tried += 1
          do {
            if try await !survive(change, at: number, on: side, stand) { refused += 1 }
          } catch {
            let statement = stand.statements[side]?[number].prefix(200) ?? ""
            Issue.record(
              "\(change.name), statement \(number) of the \(side.rawValue) (\(statement)): \(error)")
          }
        }
      }
    }
    print("\(server): \(tried) changes at statements, \(refused) of which ended with an error that says so")
    #expect(refused < tried)
  }

  /// - Returns: false when the commands said that something is not as it should be.
  private func survive(
    _ change: Change, at wanted: Int, on side: StatementStand.Side, _ stand: StatementStand
  ) async throws -> Bool {
    // The source is changed, so each try has its own.
    let source = try stand.source.clone(name: "source_\(UInt32.random(in: 0 ... .max))")
    let attempt = try stand.newTry(of: source)
    defer {
      try? attempt.target.drop()
      try? source.drop()
    }
    try await attempt.stage()
    let command = Mutex<Task<BackfillProcess.Outcome, any Error>?>(nil)
    let proxy = attempt.proxy(side)
    proxy.watch(
      StatementTry.watch { number, _ in
        guard number == wanted else { return .passes }
        // What waits for the copy's own locks is given up: it would come later.
        let patience = "SET lock_timeout = '300ms'; SET statement_timeout = '5s';"
        if let sql = change.onSource { try? source.execute(patience + sql) }
        if let sql = change.onTarget { try? attempt.target.execute(patience + sql) }
        if !change.command.isEmpty {
          let process = BackfillProcess(
            source: source.connectionString, target: attempt.target.connectionString)
          let arguments = change.command
          command.withLock { $0 = Task { try await process.start(arguments).wait() } }
        }
        return .passes
      })
    let copied = try await attempt.through("copy")
    proxy.heal()
    _ = try await command.withLock { $0 }?.value
    let again =
      try attempt.target.value("SELECT count(*) FROM __backfill.task WHERE worked IS NULL") == "0"
      ? copied : try await attempt.directly("copy", "-p2")
    let verified = try await attempt.directly("verify", "-p2")
    guard again.exitCode == 0, verified.exitCode == 0 else { return false }
    var wanted = stand.wanted
    if let table = change.drops { wanted[table] = nil }
    try attempt.judge(wanted)
    return true
  }
}
