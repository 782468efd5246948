public import Loading
public import Postgres

/// What is found when files are loaded.
public enum LoadFinding: Sendable {
  case table(LoadTableFinding)
  case input(path: String, InputFailure)
  case noInput
  case severalStandardInputs
  /// The first record of a file is no header, or another one than that of the first file.
  case otherHeader(path: String)
  case encoding(String, isKnown: Bool)
  /// The file isn't what it was when its load began.
  case changedFile(path: String, [InputIdentity.Fact])
  /// Options that the load was begun with, and what they are now.
  case otherOptions([ChangedOption])
  /// A load that isn't ended is of these files.
  case otherFiles(begun: [String])
  case loadedBefore([String])
  /// Another process is at it.
  case inUse
  case takenOver
  case badRecord(BadRecord)
  /// The server took another number of records than were sent.
  case miscounted(path: String, line: Int64, sent: Int64, taken: Int64)
  /// Marks that don't cover an input.
  case incomplete(path: String)
  /// Commits that were answered are gone, with their rows and marks: the server has crashed.
  case commitsLost
  case rejectsNotWritten(ReportFinding)
  case notResumable(path: String)
  case resuming(batches: Int, rows: Int64)
  case replaced(rows: Int64)
  /// More of them are only counted.
  case furtherBadRecords
  case triggersKeepOut([Identifier])

  public struct ChangedOption: Sendable, Equatable {
    public var name: String
    public var begun: String
    public var now: String
  }
}

/// What is found of the table.
public enum LoadTableFinding: Sendable, Equatable {
  case missing(String)
  case unusable(QualifiedName)
  case reserved(QualifiedName)
  case hasRules(QualifiedName)
  case unknownColumns([String], QualifiedName)
  case generatedColumns([String], QualifiedName)
  case repeatedColumns([String])
  case noTime(QualifiedName)
  case incomparableTime(QualifiedName, type: String)
  case timeNotLoaded(Identifier)
  case noKey(QualifiedName)
  case severalKeys(QualifiedName, [Identifier])
  case keyNotLoaded([Identifier])
  /// It was dropped and made anew since the load began, or its columns or triggers were changed.
  case changed(QualifiedName)
  /// It has no row, and an earlier run has loaded so many.
  case emptied(QualifiedName, rows: Int64)
}

/// A record that the server refused.
public struct BadRecord: Sendable {
  public var path: String
  /// On which it begins.
  public var line: Int64
  public var column: Identifier?
  public var error: PostgresError
}

extension LoadFinding: FindingFacts {
  var code: String {
    switch self {
    case .table(let finding): finding.code
    case .input, .noInput, .severalStandardInputs: "unusable-input"
    case .otherHeader: "other-header"
    case .encoding: "unusable-encoding"
    case .changedFile: "file-changed"
    case .otherOptions: "other-options"
    case .otherFiles: "other-files"
    case .loadedBefore: "loaded-before"
    case .inUse: "load-in-use"
    case .takenOver: "load-taken-over"
    case .badRecord: "bad-record"
    case .miscounted: "records-miscounted"
    case .incomplete: "load-incomplete"
    case .commitsLost: "commits-lost"
    case .rejectsNotWritten: "rejects-not-written"
    case .notResumable: "not-resumable"
    case .resuming: "resuming-load"
    case .replaced: "rows-replaced"
    case .furtherBadRecords: "further-bad-records"
    case .triggersKeepOut: "triggers-keep-rows-out"
    }
  }

  var error: PostgresError? {
    if case .badRecord(let record) = self { record.error } else { nil }
  }

  var side: Side? { .target }

  var object: String? {
    if case .table(let finding) = self { finding.object } else { error?.relation?.description }
  }
}

extension LoadTableFinding {
  fileprivate var code: String {
    switch self {
    case .missing: "no-table"
    case .unusable, .reserved, .hasRules: "unusable-table"
    case .unknownColumns, .generatedColumns, .repeatedColumns: "unusable-columns"
    case .noTime, .incomparableTime, .timeNotLoaded: "no-time-to-compare"
    case .noKey, .severalKeys, .keyNotLoaded: "no-key-for-updates"
    case .changed: "table-changed"
    case .emptied: "table-emptied"
    }
  }

  fileprivate var object: String? {
    switch self {
    case .unusable(let name), .reserved(let name), .hasRules(let name), .unknownColumns(_, let name),
      .generatedColumns(_, let name), .noTime(let name), .incomparableTime(let name, _), .noKey(let name),
      .severalKeys(let name, _), .changed(let name), .emptied(let name, _):
      name.description
    case .missing, .repeatedColumns, .timeNotLoaded, .keyNotLoaded: nil
    }
  }
}
