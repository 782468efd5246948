import BackfillCommands
import Postgres

extension CompletenessFinding {
  var words: Words {
    switch self {
    case .unstaged(let chunks): chunks.words
    case .vanished(let chunks): chunks.words
    case .goneFromSource(let hypertables):
      Words(
        "the source no longer has what was staged as \(Words.list(hypertables))",
        hint:
          "if it was renamed or created again there, as a continuous aggregate with another query is, run stage again, "
          + "then copy")
    case .stray(let rows, let besideArchive): rows.words(besideArchive)
    case .sequence(let finding): finding.words
    }
  }
}

extension UnstagedChunks {
  fileprivate var words: Words {
    let start = from == .beginning ? "" : " --from \"\(from.shown)\""
    let reason =
      isReplaced
      ? "it was dropped and created again, or replaced, on the target after chunks of it were copied; source chunks that "
        + "have to be staged again"
      : "source chunks that were created after staging, or have other bounds since, are not in the queue"
    return Words(
      "\(hypertable.shown): \(reason): \(shown.list(of: count))",
      hint:
        "run 'stage\(start) --until \"\(until.shown)\" --filter \"\(SafeText.line(filter))\"', then copy")
  }
}

extension VanishedChunks {
  fileprivate var words: Words {
    Words(
      "\(hypertable.shown): the target has no chunk any more for the time of source chunks that were copied: "
        + shown.list(of: count),
      hint:
        "if they were not dropped on purpose, by retention for example, run 'copy --again --filter "
        + "\"\(SafeText.line(filter))\"', which copies all of its chunks again")
  }
}

extension [ChunkTime] {
  fileprivate func list(of count: Int) -> String {
    let names = map { "\($0.name.shown) (from \($0.from.shown) to \($0.to.shown))" }
    return Words.list(names, count: count, limit: names.count)
  }
}

extension StrayRows {
  fileprivate func words(_ besideArchive: Bool) -> Words {
    let more = chunks > deletions.count ? "; and so on for \(chunks - deletions.count) more" : ""
    return Words(
      "\(hypertable.shown): the target has rows that the \(besideArchive ? "archive" : "source") does not have, from "
        + "\(first.shown) to \(last.shown) (rows: \(rows))",
      hint: "if they are not wanted, run \(deletions.map(SafeText.line).joined(separator: "; "))\(more)")
  }
}

extension SequenceFinding {
  fileprivate var words: Words {
    let name =
      "sequence \(sequence.shown) of the target, for column \(column.shown) of \(relation.shown),"
    switch fact {
    case .behind(let statement):
      return Words(
        "\(name) will generate numbers that copied rows already have",
        hint: "before the application writes to the target alone, run \(SafeText.line(statement))",
        mend: "\(statement);")
    case .unreadable:
      return Words(
        "cannot tell whether \(name) will generate numbers that copied rows already have: no privilege on it")
    case .unknown:
      return Words(
        "cannot tell whether \(name) will generate numbers that copied rows already have: no privilege on the source's "
          + "sequence, and finding the greatest number takes too long")
    }
  }
}
