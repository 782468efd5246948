public import Postgres

/// What is found of PostgreSQL's client programs.
public enum ProgramFinding: Sendable, Equatable {
  /// - Parameters:
  ///   - directory: where it was looked for; nil is PATH.
  ///   - elsewhere: directories that have all of them.
  case missing(ClientProgram, directory: String?, elsewhere: [String])
  /// Its `--version` says nothing that is understood.
  case unknownVersion(ClientProgram, path: String)
  /// Older than the source, which it can't dump.
  case tooOld(FoundProgram, source: Int, elsewhere: [String])
  /// pg_restore from 17 on sets a parameter that the target doesn't know.
  case tooNew(FoundProgram, target: Int, elsewhere: [String])
  /// pg_restore is older than the pg_dump whose archive it is to read.
  case olderThanDump(FoundProgram, dump: FoundProgram)
  /// A line of a program's standard error.
  case said(ProgramLine)
  case failed(ProgramFailure)
  /// What pg_dump or pg_dumpall wrote isn't a script.
  case unreadable(ClientProgram)
  /// No directory for what they read and write can be made in this one.
  case noDirectory(in: String, reason: String)
  case unwritable(String, reason: String)
}

extension ProgramFinding: FindingFacts {
  var code: String {
    switch self {
    case .missing: "program-missing"
    case .unknownVersion: "program-version-unknown"
    case .tooOld: "program-too-old"
    case .tooNew: "program-too-new"
    case .olderThanDump: "program-older-than-dump"
    case .said: "program-output"
    case .failed: "program-failed"
    case .unreadable: "program-output-unreadable"
    case .noDirectory, .unwritable: "file-unwritable"
    }
  }

  var object: String? {
    switch self {
    case .missing(let program, _, _), .unknownVersion(let program, _), .unreadable(let program): program.name
    case .tooOld(let found, _, _), .tooNew(let found, _, _), .olderThanDump(let found, _):
      found.program.name
    case .said(let line): line.program
    case .failed(let failure):
      switch failure {
      case .notStarted(let program, _, _), .exited(let program, _, _), .killed(let program, _, _),
        .stopped(let program):
        program
      }
    case .noDirectory(let path, _), .unwritable(let path, _): path
    }
  }
}
