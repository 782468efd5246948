import BackfillCommands
import ChunkCatalog
import Postgres

extension CleanFinding {
  var words: Words {
    switch self {
    case .uncopied(let tasks, let all):
      Words(
        "\(tasks) of the queue's \(all) tasks have not been copied",
        hint: "run copy first, or clean --force to remove the queue anyway")
    case .unfinishedLoads(let loads):
      Words(
        "\(Quantity.count(loads, "load")) of files \(loads == 1 ? "is" : "are") not done, and would begin anew without the "
          + "record of what is loaded",
        hint: "run load again first, or clean --force to remove the record anyway")
    case .restoring: Words("Rebuilding indexes on partly copied chunks")
    case .notRestored(let obstacle, let object):
      Words(
        "\(SafeText.line(object.phrase)) is not restored: \(obstacle.text)",
        hint: "run: \(object.statementByHand)")
    case .incomplete(let failed, let all):
      Words(
        "\(failed) of \(all) indexes and settings of partly copied chunks could not be restored; the queue stays, with a "
          + "record of them",
        hint:
          "run the statements above, then clean again; or delete the records from __backfill.deferred if they are not "
          + "wanted")
    }
  }
}

extension RestorationObstacle {
  fileprivate var text: String {
    switch self {
    case .unknownDefinition: "the hypertable no longer has one like it"
    case .server(let error): error.text
    }
  }
}

extension DeferredObject {
  /// `index "i" of chunk "a"."b"`
  var phrase: String {
    index.map { "index \(Identifier($0)) of chunk \(chunk)" } ?? "\(kind) of chunk \(chunk)"
  }

  var statementByHand: String { byHand ?? "(its definition was not noted)" }
}
