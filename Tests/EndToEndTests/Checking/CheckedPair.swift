import TestServers
import Testing

@testable import backfill

/// What `check --json` answered.
struct CheckAnswer {
  struct Finding: Equatable, CustomStringConvertible {
    let level: String
    let code: String
    let side: String?
    let object: String?
    let message: String
    let mend: String?

    var description: String {
      "\(level) \(code) (\(side ?? "-"), \(object ?? "-")): \(message); mend: \(mend ?? "-")"
    }
  }

  let outcome: BackfillProcess.Outcome
  let document: JSONValue
  let findings: [Finding]

  init(_ outcome: BackfillProcess.Outcome) throws {
    self.outcome = outcome
    document = try #require(JSONValue(outcome.stdout), "\(outcome)")
    findings = (document["findings"]?.elements ?? []).map { finding in
      Finding(
        level: finding["level"]?.text ?? "", code: finding["code"]?.text ?? "", side: finding["side"]?.text,
        object: finding["object"]?.text, message: finding["message"]?.text ?? "", mend: finding["mend"]?.text)
    }
  }

  /// The codes of one level, each once.
  func codes(_ level: String) -> Set<String> { Set(findings.filter { $0.level == level }.map(\.code)) }

  func all(_ code: String) -> [Finding] { findings.filter { $0.code == code } }

  /// The only finding of a code.
  func one(_ code: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Finding {
    let found = all(code)
    #expect(found.count <= 1, "\(found)", sourceLocation: sourceLocation)
    return try #require(found.first, "\(code): \(findings)", sourceLocation: sourceLocation)
  }

  var next: String? { document["next"]?.text?.split(separator: " ", maxSplits: 1).last.map(String.init) }
}

extension CommandRunner {
  /// Runs `check`, whose exit code and document have to be as documented.
  func check(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> CheckAnswer {
    let outcome = try await backfill.run(["check"] + arguments + ["--json"])
    expectNoSecret(outcome, sourceLocation: sourceLocation)
    let answer = try CheckAnswer(outcome)
    var page = DocumentedJSON(page: ManualPage.json.text)
    #expect(
      page.complaints(aboutDocument: outcome.stdout, hasWorked: true) == [], "\(outcome)",
      sourceLocation: sourceLocation)
    let stops = answer.codes("stop")
    #expect(outcome.exitCode == (stops.isEmpty ? 0 : 1), "\(outcome)", sourceLocation: sourceLocation)
    return answer
  }

  /// A finding that `condition` brings and its own statement takes away.
  ///
  /// - Parameter runs: runs the statement; nil where there is none that would.
  func expectFinding(
    _ code: String, level: String, side: String?, object: String? = nil, saying fact: String,
    after condition: () async throws -> Void, mendedBy runs: ((String) throws -> Void)?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await check()
    #expect(before.all(code) == [], "\(before.findings)", sourceLocation: sourceLocation)
    try await condition()
    let found = try await check().one(code, sourceLocation: sourceLocation)
    #expect(found.level == level && found.side == side, "\(found)", sourceLocation: sourceLocation)
    if let object { #expect(found.object == object, "\(found)", sourceLocation: sourceLocation) }
    #expect(found.message.contains(fact), "\(found)", sourceLocation: sourceLocation)
    guard let runs else { return }
    try runs(try #require(found.mend, "\(found)", sourceLocation: sourceLocation))
    let after = try await check()
    #expect(after.all(code) == [], "\(after.findings)", sourceLocation: sourceLocation)
  }
}
