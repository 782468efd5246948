import Archive
import BackfillCommands

extension ArchiveFault {
  var words: Words {
    let name = SafeText.line(file)
    switch self {
    case .refused(_, let reason): return Words("\(name): \(SafeText.line(reason))")
    case .full(_, let reason): return Words("\(name): \(SafeText.line(reason))", hint: "make room for it")
    case .missing:
      return Words("\(name) is missing from the archive", hint: "copy all files of the archive to this place")
    case .otherBytes:
      return Words(
        "\(name) is damaged, cut off, or another file: it is not what was exported", hint: Self.again)
    case .undecodable(_, let reason):
      return Words(
        "\(name) is damaged, as it cannot be decompressed: \(SafeText.line(reason))", hint: Self.again)
    case .unreadable(_, let text):
      return Words("\(name) \(text.text)", hint: text.isOfNewerVersion ? nil : Self.again)
    case .exchanged:
      return Words("\(name) describes something else than what it is there for", hint: Self.again)
    case .otherArchive: return Words("\(name) belongs to another archive", hint: Self.again)
    case .columns(_, let names):
      return Words(
        "\(name) has other columns than the target's table takes: \(Words.list(names.map(SafeText.line)))",
        hint: "give the target's table the columns that the source's had when it was exported")
    case .rows(_, let described, let found):
      return Words("\(name) has \(Quantity.count(found, "row")) instead of \(described)", hint: Self.again)
    case .outOfMemory: return Words("\(name): no memory is left for compressing")
    }
  }

  private static let again =
    "copy it again from where it was exported to, or take it away there and export again"
}

extension ArchiveFault.Text {
  fileprivate var text: String {
    switch self {
    case .noJSON: "is damaged: it is no JSON"
    case .tooLarge: "is too large to be one that export has written"
    case .member(let name): "is damaged: its member \"\(SafeText.line(name))\" is not as export writes it"
    case .otherFormat(let format): "is of format \(format), which this version of the program does not know"
    case .otherKind: "is not the manifest of an archive that export has written"
    }
  }

  fileprivate var isOfNewerVersion: Bool { if case .otherFormat = self { true } else { false } }
}

extension ArchiveFinding {
  var words: Words {
    switch self {
    case .fault(let directory, let fault):
      let words = fault.words
      return Words("archive \(SafeText.line(directory)): \(words.text)", hint: words.hint)
    case .full(let directory, let reason, let remaining):
      return Words(
        "stopped with \(Quantity.count(remaining, "file")) left: \(SafeText.line(directory)): \(SafeText.line(reason))",
        hint: "make room there, then run the same command again")
    case .otherSource(let directory):
      return Words(
        "\(SafeText.line(directory)) has an archive of another database", hint: "export to another directory")
    case .otherRequest(let directory, let options):
      return Words(
        "\(SafeText.line(directory)) has an archive of another selection or time"
          + (options.isEmpty ? "" : ": \(SafeText.line(options))"),
        hint: "give the same options to continue with it, or export to another directory")
    case .severalSnapshots(let directory, let count):
      return Words(
        "\(SafeText.line(directory)): the files are of \(count) runs, each of which has read the source as it was then",
        hint: "export to an empty directory where all chunks have to be of one point in time")
    case .snapshotLost(let directory):
      return Words(
        "\(SafeText.line(directory)): the snapshot that was exported is gone, and with it the session that held it",
        hint: "run export again to continue")
    case .unfinished(let directory, let files, let missing):
      return Words(
        "\(SafeText.line(directory)) is not a whole archive: \(missing) of \(Quantity.count(files, "file")) missing",
        hint: "run export again until it exits with 0, then copy all of its files")
    case .otherQueue(let directory):
      return Words(
        "the queue on the target was not staged from the archive in \(SafeText.line(directory))",
        hint: "finish what is in the queue, run clean, and import then")
    case .overlapping(let directory):
      return Words("\(SafeText.line(directory)): two of its files have rows of the same part of a hypertable")
    case .notImported(let directory):
      return Words(
        "nothing of the archive in \(SafeText.line(directory)) has been imported yet",
        hint: SafeText.line("run '\(NextStep.copy.command(of: ShellWord.quoted(directory)))' first"))
    case .remade(let directory, let hypertables, let isMended):
      let (was, they) = hypertables.count == 1 ? ("was", "it") : ("were", "them")
      return Words(
        "\(Words.list(hypertables)) \(was) dropped and created again, or replaced, on the target after rows of the archive in "
          + "\(SafeText.line(directory)) were imported into \(they)"
          + (isMended ? "; they are imported again" : ""),
        hint: isMended
          ? nil
          : SafeText.line(
            "run '\(NextStep.copy.command(of: ShellWord.quoted(directory)))', which imports them again"))
    case .otherVersions(let directory, let chunks, let source, let target):
      return Words(
        "\(SafeText.line(directory)) has \(Quantity.count(chunks, "chunk")) as compressed batches of \(source.text), "
          + "and the target has \(target.text)",
        hint:
          "import into TimescaleDB \(SafeText.line(source.timescale)), or export again with --rows, which any "
          + "version takes")
    }
  }
}

extension ArchiveFinding.Versions {
  fileprivate var text: String {
    "TimescaleDB \(SafeText.line(timescale)) on PostgreSQL \(SafeText.line(postgres))"
  }
}
