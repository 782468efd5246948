/// An entry of an archive that pg_dump wrote, as `pg_restore --list --verbose` tells of it:
///
///     280; 1259 17820 TABLE public devices app
///     ;	depends on: 1570
public struct ArchiveEntry: Sendable, Equatable {
  /// The line, which `pg_restore --use-list` takes.
  public var line: String
  public var number: Int
  /// nil for what is none by itself, such as a comment.
  public var address: ObjectAddress?
  /// What follows the numbers: kind, schema (or -), name and owner.
  public var text: String
  /// Numbers of entries.
  public var dependencies: [Int]

  public init(
    line: String, number: Int, address: ObjectAddress?, text: String, dependencies: [Int] = []
  ) {
    self.line = line
    self.number = number
    self.address = address
    self.text = text
    self.dependencies = dependencies
  }

  /// Whether it is one of this kind, such as "FK CONSTRAINT". As kinds may be the beginning of others, what follows is the
  /// schema, which no kind has in lower case.
  public func isOf(_ kind: StaticString) -> Bool { text.hasPrefix("\(kind) ") }
}

/// The table of contents of an archive.
public struct ArchiveContents: Sendable {
  public private(set) var entries: [ArchiveEntry] = []

  /// - Parameter list: what `pg_restore --list --verbose` writes.
  public init(_ list: String) {
    for line in list.split(separator: "\n") {
      if line.hasPrefix(";") {
        guard !entries.isEmpty, let mark = line.utf8.firstPlace(of: "depends on:".utf8) else { continue }
        let numbers = line[mark.upperBound...].split(separator: " ").compactMap { Int($0) }
        entries[entries.count - 1].dependencies += numbers
      } else if let entry = Self.entry(line) {
        entries.append(entry)
      }
    }
  }

  private static func entry(_ line: Substring) -> ArchiveEntry? {
    let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].hasSuffix(";"), let number = Int(parts[0].dropLast()),
      let catalog = Int64(parts[1]), let object = Int64(parts[2])
    else { return nil }
    return ArchiveEntry(
      line: String(line), number: number,
      address: catalog == 0 || object == 0 ? nil : ObjectAddress(catalog: catalog, object: object),
      text: String(parts[3]))
  }
}
