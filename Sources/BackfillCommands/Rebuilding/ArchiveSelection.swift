import Postgres
import TimescaleDB

/// Which of an archive's entries are restored where hypertables and continuous aggregates are made from definitions, and
/// when, decided without a database.
///
/// Tables get their indexes and constraints first, as pg_dump's statements don't suit hypertables. Then they are made
/// hypertables, then aggregates are made; what depends on these comes last, with all privileges and comments.
struct ArchiveSelection: Sendable {
  /// Before there are hypertables.
  private(set) var early: [ArchiveEntry] = []
  /// After there are aggregates.
  private(set) var late: [ArchiveEntry] = []
  /// Entries that depend on aggregates, which can't be made.
  private(set) var leftOut: [ArchiveEntry] = []
  /// Materialized views among them that have rows, in the order in which they can be filled.
  private(set) var filledViews: [QualifiedName] = []

  /// What is known of the entries.
  struct Facts: Sendable {
    var objects = ArchivedObjects()
    /// The target has it, or what it belongs to.
    var present: Set<ObjectAddress> = []
    /// Aggregates can be made.
    var hasAggregates = true
    /// A schema that is there before anything is restored, as the extension is in it.
    var schemaThere: Identifier?
  }

  init(_ contents: ArchiveContents, _ facts: Facts) {
    let present = Self.present(contents, facts)
    let aggregates = Self.numbers(contents, facts.objects.aggregates)
    let onAggregates = Self.depending(contents, on: aggregates)
    let later = onAggregates.union(
      Self.depending(contents, on: Self.numbers(contents, facts.objects.references)))
    for entry in contents.entries {
      guard !present.contains(entry.number), !Self.isNeverRestored(entry, facts) else { continue }
      let isAggregate = aggregates.contains(entry.number)
      if !facts.hasAggregates, isAggregate || onAggregates.contains(entry.number) {
        if !isAggregate, entry.address != nil { leftOut.append(entry) }
        continue
      }
      guard !isAggregate else { continue }
      if later.contains(entry.number) || Self.comesLast(entry) {
        late.append(entry)
      } else {
        early.append(entry)
      }
      if let address = entry.address, let view = facts.objects.filledViews[address] {
        filledViews.append(view)
      }
    }
  }

  /// As `pg_restore --use-list` takes it.
  static func list(_ entries: [ArchiveEntry]) -> String { entries.map { $0.line + "\n" }.joined() }

  private static func numbers(_ contents: ArchiveContents, _ addresses: Set<ObjectAddress>) -> Set<Int> {
    Set(contents.entries.filter { $0.address.map(addresses.contains) ?? false }.map(\.number))
  }

  /// Those that depend on others, whether at once or not. Entries are in an order in which they can be made.
  private static func depending(_ contents: ArchiveContents, on roots: Set<Int>) -> Set<Int> {
    var all = roots
    for entry in contents.entries where entry.dependencies.contains(where: all.contains) {
      all.insert(entry.number)
    }
    return all
  }

  /// What is there, and the comments and privileges of it. That a partition belongs to its table is left out if both are
  /// there.
  private static func present(_ contents: ArchiveContents, _ facts: Facts) -> Set<Int> {
    var present = numbers(contents, facts.present)
    guard !present.isEmpty else { return [] }
    // What isn't in the archive, such as the schema public, is there in any case.
    let archived = Set(contents.entries.map(\.number))
    for entry in contents.entries where entry.address == nil && !entry.dependencies.isEmpty {
      let isThere = entry.dependencies.allSatisfy { present.contains($0) || !archived.contains($0) }
      if isThere { present.insert(entry.number) }
    }
    return present
  }

  private static func isNeverRestored(_ entry: ArchiveEntry, _ facts: Facts) -> Bool {
    if let address = entry.address, facts.objects.triggers.contains(address) { return true }
    // Comments on extensions belong to whoever made these. The database is there.
    let others = ["COMMENT - EXTENSION ", "EXTENSION - timescaledb ", "DATABASE - "]
    if others.contains(where: entry.text.hasPrefix) { return true }
    return facts.schemaThere.map { entry.text.hasPrefix("SCHEMA - \($0.name) ") } ?? false
  }

  /// What would hold for statements that come after it, or be told of things that aren't there yet.
  private static func comesLast(_ entry: ArchiveEntry) -> Bool {
    ["ACL", "COMMENT", "SECURITY LABEL", "DEFAULT ACL", "EVENT TRIGGER"].contains { entry.isOf($0) }
  }
}
