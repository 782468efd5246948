import Postgres
import TimescaleDB

/// Whether the target's hypertables belong to a role whose rights the session has, and to whom they belong on the source.
struct Ownership: ChecklistItem {
  let pairs: [HypertablePair]
  let source: [Int64: HypertableTraits]
  let target: [Int64: HypertableTraits]
  /// The roles of the source that the target has.
  let known: Set<Identifier>
  let role: Identifier

  var findings: [CheckedFinding] { missingRoles + pairs.flatMap(findings) }

  private var missingRoles: [CheckedFinding] {
    let used = source.values.flatMap(\.roles).filter { !known.contains($0) }
    return Dictionary(grouping: used, by: { $0 }).sorted { $0.key.name < $1.key.name }.map { role, uses in
      .init(.warning, .access(.roleMissing(role, relations: uses.count)))
    }
  }

  private func findings(_ pair: HypertablePair) -> [CheckedFinding] {
    guard let theirs = source[pair.source.id], let ours = target[pair.target.id] else { return [] }
    let name = pair.source.knownName
    if !ours.isOwned {
      return [.init(.stop, .access(.notOwner(name, owner: ours.owner, role: role)))]
    }
    guard theirs.owner != ours.owner, known.contains(theirs.owner) else { return [] }
    let finding = AccessFinding.owners(
      name, isAggregate: pair.source.aggregate != nil, source: theirs.owner, target: ours.owner)
    return [.init(.note, .access(finding))]
  }
}

/// Whether the source's role may read what is to be copied.
struct ReadPrivileges: ChecklistItem {
  let hypertables: [Hypertable]
  let traits: [Int64: HypertableTraits]
  let role: Identifier

  var findings: [CheckedFinding] {
    hypertables.compactMap { hypertable in
      guard let traits = traits[hypertable.id], !traits.isReadable || traits.unreadableChunks > 0 else {
        return nil
      }
      let chunks = traits.isReadable ? traits.unreadableChunks : nil
      return .init(.stop, .access(.unreadable(hypertable.knownName, chunks: chunks, role: role)))
    }
  }
}

/// What the target's role can do without, and would copy better with.
struct MissingPrivileges: ChecklistItem {
  let privileges: [OptionalPrivilege]
  let role: Identifier

  var findings: [CheckedFinding] {
    privileges.map { .init(.note, .access(.optional($0, role: role))) }
  }
}
