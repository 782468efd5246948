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
    case .bucketsLacking(let view, let from, let to, let isStaged):
      Words(
        "\(view.shown): the source has buckets from \(SafeText.line(from)) to \(SafeText.line(to)) that the target lacks "
          + "the rows for",
        hint: isStaged
          ? "run stage again with a later --until, then copy, to have them copied"
          : "stage and copy them")
    case .noCounterpart(let view): Words("\(view.shown): the target has no such continuous aggregate")
    case .unsupportedTime(let view): Words("\(view.shown): the type of its time column is not supported")
    case .refused(let view, let error): Words("\(view.shown): \(error)", hint: error.advice)
    }
  }
}
