import TestServers

/// The program pointed at both databases through proxies that count its statements.
struct WatchedPair {
  let backfill: BackfillProcess
  private let watches: [StatementWatch]
  private let proxies: [FaultyProxy]

  init(_ migration: Migration) throws {
    var strings: [String] = []
    var (watches, proxies): ([StatementWatch], [FaultyProxy]) = ([], [])
    for database in [migration.source, migration.target] {
      let proxy = try FaultyProxy(to: database.cluster.port)
      let watch = StatementWatch(ignoring: []) { _, _ in .passes }
      proxy.watch(watch)
      strings.append(
        database.connectionString.replacing(":\(database.cluster.port)/", with: ":\(proxy.port)/"))
      watches.append(watch)
      proxies.append(proxy)
    }
    backfill = BackfillProcess(source: strings[0], target: strings[1])
    (self.watches, self.proxies) = (watches, proxies)
  }

  /// What each side was sent.
  var statements: [[String]] { watches.map(\.statements) }

  /// How many messages with statements each side was sent.
  var counts: [Int] { watches.map { $0.statements.count } }
}
