import Foundation
import TestServers
import Testing

@testable import backfill

/// What `status --json` answered.
struct StatusDocument {
  let json: [String: Any]
  let outcome: BackfillProcess.Outcome

  init(_ outcome: BackfillProcess.Outcome) throws {
    self.outcome = outcome
    let value = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8))
    json = try #require(value as? [String: Any], "\(outcome)")
  }

  subscript(path: String...) -> Any? {
    path.reduce(json as Any?) { ($0 as? [String: Any])?[$1] }
  }

  func count(_ path: String...) -> Int? { path.reduce(json as Any?) { ($0 as? [String: Any])?[$1] } as? Int }

  func objects(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }

  /// The verdict, the exit code and what is next.
  var gist: String {
    let next = (json["next"] as? String)?.split(separator: " ", maxSplits: 1).last.map(String.init)
    return "\(json["outcome"] ?? "?") \(json["exit"] ?? "?") \(next ?? "-")"
  }
}

extension CommandRunner {
  /// Asks for the state of the target, as a program that knows nothing but the target.
  func status(as connection: String? = nil) async throws -> StatusDocument {
    let status = BackfillProcess(environment: ["BACKFILL_TARGET": connection ?? target.connectionString])
    let outcome = try await status.run(["status", "--json"])
    let document = try StatusDocument(outcome)
    #expect(document.count("exit").map(Int32.init) == outcome.exitCode, "\(outcome)")
    expectNoSecret(outcome)
    var page = DocumentedJSON(page: ManualPage.json.text)
    let hasWorked = document.objects("errors").isEmpty
    #expect(page.complaints(aboutDocument: outcome.stdout, hasWorked: hasWorked) == [], "\(outcome)")
    return document
  }

  /// The same as text.
  func statusText(_ arguments: String..., as connection: String? = nil) async throws
    -> BackfillProcess.Outcome
  {
    let status = BackfillProcess(environment: ["BACKFILL_TARGET": connection ?? target.connectionString])
    let outcome = try await status.run(["status"] + arguments)
    expectNoSecret(outcome)
    return outcome
  }
}
