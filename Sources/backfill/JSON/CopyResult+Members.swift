import BackfillCommands
import ChunkCatalog
import JSONValues
import Postgres

extension CopyResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member("stopped", .flag(stopped)),
      JSON.Member(
        "tasks",
        .members(
          [
            JSON.Member("copied", .integer(chunks)), JSON.Member("skipped", .integer(skipped)),
            JSON.Member("failed", .integer(failures.count)),
          ] + rest.counts(givenUp: failures.count)
            + [
              JSON.Member("done_before", .integer(doneBefore)), JSON.Member("again", .integer(again.chunks)),
            ]
        )),
      JSON.Member("rows", .integer(rows)),
      JSON.Member("bytes", .integer(bytes)),
      JSON.Member("bytes_per_second", .rate(bytes, in: duration)),
      JSON.Member("failures", .array(failures.map(\.json))),
      JSON.Member("locked", .array(rest.held.map(\.json))),
      JSON.Member("not_repeated", .names(again.held)),
      JSON.Member("unstaged", .array(unstaged.map(\.json))),
    ]
  }
}

extension RestOfWork {
  /// What is left in the queue.
  func counts(givenUp: Int) -> [JSON.Member] {
    [
      JSON.Member("left", .integer(remaining)), JSON.Member("left_to_others", .integer(withOthers)),
      JSON.Member("left_to_nobody", .integer(unattended(givenUp: givenUp))),
    ]
  }
}

extension FailedChunk {
  /// A failure, as `status` tells it too.
  var json: JSON {
    let words = failure.words
    let error = failure.error
    return .object([
      "kind": .text("failed"), "task": task?.json ?? .null, "code": .text(failure.code),
      "message": .text(words.text), "hint": .text(words.hint), "side": .text(error?.side.rawValue),
      "sqlstate": .text(error?.sqlState), "attempts": .null, "at": .null,
    ])
  }
}

extension UnstagedChunks {
  var json: JSON {
    let first = shown.map { chunk in
      JSON.object(["chunk": .name(chunk.name), "from": chunk.from.json, "to": chunk.to.json])
    }
    return .object([
      "hypertable": .name(hypertable), "chunks": .integer(count), "first": .array(first),
      "from": from.json, "until": until.json, "filter": .text(filter),
    ])
  }
}
