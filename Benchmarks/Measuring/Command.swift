/// One command of a contestant.
struct Command {
  /// The program's path and its arguments.
  var words: [String]
  /// What it finds in its environment beside PATH and the like.
  var environment: [String: String] = [:]
  /// A file for its standard input.
  var input: String?
}
