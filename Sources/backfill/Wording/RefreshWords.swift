import BackfillCommands
import Postgres

extension RefreshFinding {
  var words: Words {
    switch self {
    case .uncopied(let views, let chunks, let isForced):
      Words(
        "\(Words.list(views, limit: views.count)): chunks that these are computed from are not copied yet: "
          + Words.list(chunks, limit: 20),
        hint: isForced ? nil : "run copy first; --force computes them from the rows that are there")
    case .bucketsKept(let view, let from, let to):
      Words(
        "\(view.shown): the buckets from \(SafeText.line(from)) to \(SafeText.line(to)) stay as they are, as rows that "
          + "they were computed from are not on the target")
    case .bucketsLacking(let view, let from, let to, let copied):
      Words(
        "\(view.shown): the source has buckets from \(SafeText.line(from)) to \(SafeText.line(to)) that the target lacks "
          + "the rows for",
        hint: copied.advice)
    case .bucketsUnlisted(let view, let before):
      Words(
        "\(view.shown): whether the source has buckets before \(SafeText.line(before)) that the target lacks the rows for "
          + "is not known, as the file only has the newest")
    case .fileNotRead(let path, let reason):
      Words("the watermarks can't be read from \(SafeText.line(path)): \(SafeText.line(reason))")
    case .unreadableFile(let path, let defect):
      Words(
        "\(SafeText.line(path)) \(defect.text)", hint: "write it again with refresh-caggs --watermarks-to")
    case .fileNotWritten(let finding): finding.words(of: "watermarks")
    case .noCounterpart(let view): Words("\(view.shown): the target has no such continuous aggregate")
    case .unsupportedTime(let view): Words("\(view.shown): the type of its time column is not supported")
    case .refused(let view, let error): Words("\(view.shown): \(error.text)", hint: error.advice)
    }
  }
}

extension CopiedBuckets {
  fileprivate var advice: String {
    switch self {
    case .none: "stage and copy them"
    case .staged: "run stage again with a later --until, then copy, to have them copied"
    case .dropped:
      "the aggregate was dropped and created again on the target after its buckets were copied; run stage again, then "
        + "copy, to have them copied again"
    }
  }
}

extension FileDefect {
  fileprivate var text: String {
    switch self {
    case .foreign: "is not a file that refresh-caggs --watermarks-to has written, or not all of it"
    case .otherFormat(let format):
      "is of format \(SafeText.line(format)), which this version of the program does not know"
    case .damaged: "is damaged: its checksum does not match"
    }
  }
}

extension ReportFinding {
  /// For another file than a report's.
  fileprivate func words(of content: String) -> Words {
    switch self {
    case .notWritten(let path, let reason):
      Words("the \(content) can't be written to \(SafeText.line(path)): \(SafeText.line(reason))")
    case .isDirectory: words
    case .isNoFile(let path):
      Words("\(SafeText.line(path)) is not a regular file, so the \(content) can't replace it")
    }
  }
}
