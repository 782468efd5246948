import Postgres
import TimescaleDB

/// Whether continuous aggregates that are called the same are computed the same: buckets of another width, or another
/// aggregate function under the same column's name, would be mixed.
struct AggregateComparison: ChecklistItem {
  let differences: [AggregateDifference]

  /// - Throws: `PostgresError`.
  static func find(
    _ pairs: [HypertablePair], _ databases: borrowing Databases
  ) throws(PostgresError) -> AggregateComparison {
    let aggregates = pairs.filter { $0.source.aggregate != nil }
    let theirs = try AggregateDefinition.all(of: aggregates.map(\.source.id), on: databases.source)
    let ours = try AggregateDefinition.all(of: aggregates.map(\.target.id), on: databases.target)
    let schemas = [databases.sourceInstallation.schema, databases.targetInstallation.schema]
    let sameServers = databases.sourceInstallation.server.isSameMajor(
      as: databases.targetInstallation.server)
    return AggregateComparison(aggregates, theirs, ours, schemas, isSameMajor: sameServers)
  }

  /// - Parameters:
  ///   - theirs: the source's definitions by its hypertables' ids; `ours` are the target's by its.
  ///   - schemas: where the extension's functions stand on each side.
  init(
    _ pairs: [HypertablePair], _ theirs: [Int64: String], _ ours: [Int64: String], _ schemas: [Identifier],
    isSameMajor: Bool
  ) {
    differences = pairs.compactMap { pair in
      guard let source = theirs[pair.source.id], let target = ours[pair.target.id],
        let difference = Self.difference(source, target, extensionSchemas: schemas, isSameMajor: isSameMajor)
      else { return nil }
      return AggregateDifference(
        view: pair.source.knownName, source: difference.source, target: difference.target)
    }
  }

  var findings: [CheckedFinding] {
    differences.isEmpty ? [] : [.init(.stop, .schema(.aggregatesDiffer(differences)))]
  }

  /// The first lines that differ; nil for equal definitions.
  ///
  /// - Parameters:
  ///   - extensionSchemas: where the extension's functions stand on each side.
  ///   - isSameMajor: both servers write a query in the same way. PostgreSQL 16 and later leave the table's name out before
  ///     a column where there is one table.
  static func difference(
    _ source: String, _ target: String, extensionSchemas: [Identifier], isSameMajor: Bool
  ) -> (source: String, target: String)? {
    let prefixes = Set(extensionSchemas).count > 1 ? extensionSchemas : []
    let theirs = words(source, without: prefixes, qualified: isSameMajor)
    let ours = words(target, without: prefixes, qualified: isSameMajor)
    guard theirs != ours else { return nil }
    let lines = (source.split(separator: "\n"), target.split(separator: "\n"))
    for (left, right) in zip(lines.0, lines.1)
    where words(String(left), without: prefixes, qualified: isSameMajor)
      != words(String(right), without: prefixes, qualified: isSameMajor)
    {
      return (trimmed(left), trimmed(right))
    }
    return (trimmed(source[...]), trimmed(target[...]))
  }

  /// A query as words: string constants and quoted names whole, white space left out.
  ///
  /// - Parameters:
  ///   - prefixes: schemas that are left out before a dot.
  ///   - qualified: keeps what else stands before a dot; without it parentheses are left out too.
  private static func words(_ text: String, without prefixes: [Identifier], qualified: Bool) -> [String] {
    let dropped = Set(prefixes.flatMap { [$0.name, $0.description] })
    var result: [String] = []
    for word in tokens(text) {
      if word == ".", let last = result.last, isName(last), !qualified || dropped.contains(last) {
        result.removeLast()
      } else if qualified || (word != "(" && word != ")") {
        result.append(word)
      }
    }
    return result
  }

  private static func isName(_ word: String) -> Bool {
    word.hasPrefix("\"") || word.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "_" } == true
  }

  private static func tokens(_ text: String) -> [String] {
    var result: [String] = []
    var rest = text.unicodeScalars[...]
    while let first = rest.first {
      let token: Substring.UnicodeScalarView
      if first.properties.isWhitespace {
        rest.removeFirst()
        continue
      } else if first == "'" || first == "\"" {
        // A doubled quote inside ends one token and begins the next, which is as good for comparing.
        let end = rest.dropFirst().firstIndex(of: first).map(rest.index(after:)) ?? rest.endIndex
        token = rest[..<end]
      } else if isWordScalar(first) {
        token = rest.prefix(while: isWordScalar)
      } else {
        token = rest.prefix(1)
      }
      result.append(String(token))
      rest = rest[token.endIndex...]
    }
    return result
  }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar == "_" || scalar == "$" || ("0"..."9").contains(scalar)
  }

  private static func trimmed(_ text: Substring) -> String {
    text.split { $0.isWhitespace }.joined(separator: " ")
  }
}
