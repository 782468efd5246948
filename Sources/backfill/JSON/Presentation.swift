/// What a run's output is made for.
struct Presentation: Equatable, Sendable {
  /// Standard output has one document, and nothing else.
  var isDocument = false
  /// Standard error has lines of JSON, and nothing else.
  var hasLines = false

  init(isDocument: Bool = false, hasLines: Bool = false) {
    self.isDocument = isDocument
    self.hasLines = hasLines
  }

  /// As the words of a command line ask for it. It is told by the words alone, as one that can't be followed is answered in
  /// the form that was asked for, too. No value looks like that: `WordReader.looksLikeOption`.
  init(words: [String]) {
    let options = words.prefix { $0 != "--" }
    self.init(
      isDocument: options.contains("--\(Option.json.long)"),
      hasLines: options.contains("--\(Option.jsonProgress.long)"))
  }
}
