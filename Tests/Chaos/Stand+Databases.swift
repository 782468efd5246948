import Synchronization
import TestServers

extension Stand {
  /// A source that each round's is a copy of, and what stays of it to compare with.
  struct Origin: Sendable {
    let template: TestDatabase
    let original: TestDatabase
  }

  /// The source whose text is of this kind, made when first asked for.
  func origin(_ text: SourceText) async throws -> Origin {
    if let made = origins.withLock({ $0[text] }) { return made }
    let name = "\(text)".lowercased()
    let template = try await source.makeDatabase(
      version: server.timescaleVersion, name: "ground_\(name)", options: text.options(on: server),
      setup: ground.schema(tinySpace: nil))
    try template.execute(ground.data)
    if server.isCommunity { try template.execute(Ground.refresh) }
    let made = Origin(template: template, original: try template.clone(name: "original_\(name)"))
    origins.withLock { $0[text] = made }
    return made
  }

  /// A hot standby of the source, made when first asked for.
  func standby() async throws -> TestCluster {
    if let made = follower.withLock({ $0 }) { return made }
    let made = try await source.standby(extraSettings: [
      "hot_standby": "on", "wal_retrieve_retry_interval": "100ms", "max_standby_streaming_delay": "500ms",
    ])
    follower.withLock { $0 = made }
    return made
  }

  /// What a source held in the beginning: nothing of it changes but its form.
  func original(_ text: SourceText, _ relation: String, where condition: String) async throws -> Contents {
    let key = "\(text)\n\(relation)\n\(condition)"
    if let found = originals.withLock({ $0[key] }) { return found }
    // Not the template itself: nobody may be connected to that while it is cloned.
    let contents = try await origin(text).original.contents(of: relation, where: condition)
    originals.withLock { $0[key] = contents }
    return contents
  }
}
