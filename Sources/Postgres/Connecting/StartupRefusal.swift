/// Why a session could not be started, as libpq tells it.
///
/// There is no result whose fields could be asked then, only a text. At the verbosity PQERRORS_VERBOSE the SQLSTATE that
/// the server gave stands in it, whatever the server's language (libpq, fe-protocol3.c, pqBuildErrorMessage3):
///
///     connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  28P01: password authentication failed ...
///     LOCATION:  auth_failed, auth.c:331
struct StartupRefusal {
  /// For people: without what only the verbosity put there.
  let text: String
  /// nil where no server gave one. Of several hosts' the one that may pass, as the next try may go there.
  let sqlState: String?

  init(verbose: String) {
    var states: [String] = []
    let lines = verbose.split(whereSeparator: \.isNewline).compactMap { line -> String? in
      // Untranslated, as this program never calls setlocale, and libpq doesn't either.
      if line.hasPrefix("LOCATION:  ") { return nil }
      guard let place = Self.place(in: line) else { return String(line) }
      states.append(String(line[place]))
      return String(line[..<place.lowerBound] + line[place.upperBound...].dropFirst(2))
    }
    text = lines.joined(separator: "\n").trimmingLineEnds
    sqlState = states.first { !SQLState.refusesSessionsForGood($0) } ?? states.last
  }

  /// Where the SQLSTATE stands in `SEVERITY:  SQLSTATE: message`.
  private static func place(in line: Substring) -> Range<Substring.Index>? {
    var rest = line[...]
    while let colon = rest.firstIndex(of: ":") {
      rest = rest[colon...].dropFirst()
      guard rest.hasPrefix("  ") else { continue }
      let state = rest.dropFirst(2).prefix(5)
      let isState = state.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
      if isState, state.utf8.count == 5, line[state.endIndex...].hasPrefix(": ") {
        return state.startIndex..<state.endIndex
      }
    }
    return nil
  }
}
