import Postgres

/// Whether the target has the source's extensions: types, functions and operators of tables may be theirs. TimescaleDB is
/// compared elsewhere.
struct ExtensionComparison: ChecklistItem {
  let source: [InstalledExtension]
  let target: [InstalledExtension]
  let available: [Identifier: Set<String>]

  var findings: [CheckedFinding] {
    let ours = Dictionary(target.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return source.filter { $0.name.name != "timescaledb" }.compactMap { theirs in
      guard let own = ours[theirs.name] else {
        return .init(.warning, .access(.extensionMissing(theirs, availability(of: theirs))))
      }
      guard own.version != theirs.version else { return nil }
      return .init(
        .note, .access(.extensionVersions(theirs.name, source: theirs.version, target: own.version)))
    }
  }

  private func availability(of theirs: InstalledExtension) -> AccessFinding.Availability {
    guard let versions = available[theirs.name], !versions.isEmpty else { return .none }
    return versions.contains(theirs.version) ? .sameVersion : .otherVersion
  }
}
