import BackfillCommands
import Loading
import Postgres

extension LoadFinding {
  var words: Words {
    switch self {
    case .table(let finding): finding.words
    case .input(let path, let failure): failure.words(of: SafeText.line(path))
    case .noInput: Words("no file is given")
    case .severalStandardInputs:
      Words("standard input, or a pipe, is one of several inputs", hint: "load it by itself, or from a file")
    case .otherHeader(let path):
      Words("\(SafeText.line(path)) has another header than the first file", hint: "load it by itself")
    case .encoding(let name, let isKnown):
      Words(
        isKnown
          ? "records in the encoding \(SafeText.line(name)) cannot be told apart by their bytes"
          : "PostgreSQL knows no encoding \"\(SafeText.line(name))\"",
        hint: isKnown ? "convert the file first: iconv -f \(SafeText.line(name)) -t UTF-8" : nil)
    case .changedFile(let path, let facts):
      Words(
        "\(SafeText.line(path)) is not the file that a part was loaded of: its "
          + "\(facts.map(\.text).joined(separator: ", ")) changed",
        hint: "put the same file there to continue; --again loads it from the beginning")
    case .otherOptions(let options):
      Words(
        "the load was begun with other options: "
          + Words.list(
            options.map { SafeText.line("--\($0.name) \($0.begun.isEmpty ? "(none)" : $0.begun)") }),
        hint: "give the same options to continue; --again loads the files from the beginning")
    case .otherFiles(let begun):
      Words(
        "a load that is not done is of other files: \(Words.list(begun.map { SafeText.line($0) }))",
        hint: "give all of its files to continue it, and no others")
    case .loadedBefore(let paths):
      Words(
        "loaded before: \(Words.list(paths.map { SafeText.line($0) }))",
        hint: "--again loads the same files once more")
    case .inUse: Words("another process is loading these files", hint: "wait for its end, or stop it")
    case .takenOver: Words("another process has taken over this load, or clean has removed its record")
    case .badRecord(let record): record.words
    case .miscounted(let path, let line, let sent, let taken):
      Words(
        "\(SafeText.line(path)), batch from line \(line) on: \(sent) records were sent, and the server took \(taken); "
          + "nothing of the batch is loaded",
        hint: "are --format, --quote and --escape those of the file?")
    case .incomplete(let path):
      Words(
        "batches of \(SafeText.line(path)) that were loaded are not there any more, nor their marks: the server has crashed, "
          + "or its record was changed")
    case .commitsLost:
      Words("the server has lost its last commits, as after a crash: loading once more what was in them")
    case .rejectsNotWritten(let reason):
      Words(
        "the file of rejected records, \(SafeText.line(reason.path)), cannot be written: \(reason.text)",
        hint: "they are kept in __backfill.load_reject; run the same command again once there is room")
    case .notResumable(let path):
      Words(
        "\(path == "-" ? "standard input" : SafeText.line(path)) cannot be read again: if the load stops, it is not resumed"
      )
    case .resuming(let batches, let rows):
      Words(
        "Continuing behind \(Quantity.count(rows, "row")) in \(batches) loaded batch\(batches == 1 ? "" : "es")"
      )
    case .replaced(let rows): Words("Deleted \(Quantity.count(rows, "row")) that the load replaces")
    case .furtherBadRecords: Words("Further rejected records are only counted")
    case .triggersKeepOut(let names):
      Words(
        "the table has triggers that may change rows or keep them out: \(Words.list(names.map(\.shown)))")
    }
  }
}

extension BadRecord {
  var words: Words {
    let column = column.map { ", column \($0.shown)" } ?? ""
    let state = error.sqlState.map { " (SQLSTATE \($0))" } ?? ""
    let detail = error.detail.map { "; \($0)" } ?? ""
    return Words(
      "\(SafeText.line(path)), line \(line)\(column): \(SafeText.line(error.reason.text + detail))\(state)",
      hint: "--on-error skip or reject=FILE goes on without such records")
  }
}

extension InputIdentity.Fact {
  fileprivate var text: String {
    switch self {
    case .size: "size"
    case .modified: "time of modification"
    case .contents: "contents"
    }
  }
}

extension InputFailure {
  fileprivate func words(of name: String) -> Words {
    switch self {
    case .system(let reason): Words("\(name) cannot be read: \(SafeText.line(reason))")
    case .isDirectory: Words("\(name) is a directory")
    case .damaged(let compression, let reason):
      Words("\(name) is damaged: \(compression.rawValue): \(SafeText.line(reason))")
    case .truncated(let compression): Words("\(name) is cut off: its \(compression.rawValue) data has no end")
    case .windowTooLarge:
      Words(
        "\(name) needs more memory than one file is given: it was compressed with a window of more than 32 MB",
        hint: "zstd -d --long=31 -c FILE | \(Version.program) load ... -")
    case .recordTooLong(let line, let limit):
      Words(
        "\(name), line \(line): the record has no end within \(Quantity.bytes(Int64(limit)))",
        hint: "is a quote missing, or are --quote and --escape not those of the file?")
    case .dataBehindEnd(let line): Words("\(name), line \(line): something follows on the end of data (\\.)")
    case .strayEndMarker(let line):
      Words(
        "\(name), line \(line): \\. stands there, which some servers take for the end of data",
        hint: "in the text format a backslash is written as two")
    case .carriageReturns(let line):
      Words(
        "\(name), line \(line): carriage returns alone end its lines",
        hint: "convert it first: tr '\\r' '\\n'")
    case .changed: Words("\(name) was changed while it was being loaded")
    case .stopped: Words("\(name): stopped")
    }
  }
}

extension ReportFinding {
  /// Of a file whose name is told beside it.
  fileprivate var text: String {
    switch self {
    case .notWritten(_, let reason): SafeText.line(reason)
    case .isDirectory: "it is a directory"
    case .isNoFile: "it is not a regular file"
    }
  }
}
