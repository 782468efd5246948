import Synchronization

/// The databases that one case of a test makes on shared servers. They are dropped when it has ended: a run makes
/// thousands, and each holds 10 MB.
///
/// What cases share is made outside of any (`none`), and stays.
public final class CaseDatabases: Sendable {
  /// Toolchains before 6.1 don't tell when a case has ended.
  #if compiler(>=6.1)
    static let areDropped = true
  #else
    static let areDropped = false
  #endif

  @TaskLocal private static var current: CaseDatabases?

  private let made = Mutex<[TestDatabase]>([])

  private init() {}

  /// Runs a case.
  public static func dropped(after body: () async throws -> Void) async throws {
    let own = CaseDatabases()
    defer { own.drop() }
    try await $current.withValue(own, operation: body)
  }

  /// Makes what outlives the case that asks for it.
  static func none<Value>(_ body: () throws -> Value) rethrows -> Value {
    try $current.withValue(nil, operation: body)
  }

  /// To be called for each database that is made.
  static func note(_ database: TestDatabase) {
    guard database.cluster.isShared else { return }
    current?.made.withLock { $0.append(database) }
  }

  /// What can't be dropped any more, as its server was stopped, isn't in anybody's way.
  private func drop() {
    let databases = made.withLock { $0 }
    for (_, group) in Dictionary(grouping: databases, by: \.cluster.port) {
      guard let cluster = group.first?.cluster else { continue }
      let strings = group.flatMap { [$0.connectionString, $0.superuserConnectionString] }
      IdleSessions.close(where: strings.contains)
      for database in group {
        try? cluster.executeAsSuperuser(
          "DROP DATABASE IF EXISTS \(quotedIdentifier(database.name)) WITH (FORCE)")
      }
    }
  }
}
